// faiss on the vectors that own/main.go writes, which also says how to build this:
// exact search by float32, and binary codes with rescoring by float32, one thread,
// one query after the other, ten nearest. Needs libfaiss-dev.
//
//	faiss VECTORS QUERIES
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexFlat.h>
#include <faiss/utils/distances.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <vector>

constexpr int dim = 256, k = 10;
using Clock = std::chrono::steady_clock;

static std::vector<float> load(const char *path) {
	std::ifstream in(path, std::ios::binary | std::ios::ate);
	if (!in) {
		std::fprintf(stderr, "faiss: cannot read %s\n", path);
		std::exit(1);
	}
	std::vector<float> v(size_t(in.tellg()) / sizeof(float));
	in.seekg(0);
	in.read(reinterpret_cast<char *>(v.data()), std::streamsize(v.size() * sizeof(float)));
	return v;
}

static std::vector<uint8_t> encode(const std::vector<float> &v) {
	std::vector<uint8_t> codes(v.size() / 8);
	for (size_t i = 0; i < v.size(); i++) codes[i / 8] |= uint8_t((v[i] > 0) << (i % 8));
	return codes;
}

static double median(std::vector<double> &t) {
	std::nth_element(t.begin(), t.begin() + long(t.size() / 2), t.end());
	return t[t.size() / 2];
}

static double ms(Clock::time_point from) { return std::chrono::duration<double, std::milli>(Clock::now() - from).count(); }

int main(int argc, char **argv) {
	if (argc != 3) {
		std::fprintf(stderr, "usage: faiss VECTORS QUERIES\n");
		return 2;
	}
	omp_set_num_threads(1);
	faiss::IndexFlatIP flat(dim);
	faiss::IndexBinaryFlat binary(dim);
	{
		auto vectors = load(argv[1]);
		auto codes = encode(vectors);
		flat.add(faiss::Index::idx_t(vectors.size() / dim), vectors.data());
		binary.add(faiss::Index::idx_t(vectors.size() / dim), codes.data());
	}
	const auto queries = load(argv[2]);
	const auto asked = encode(queries);
	const size_t n = queries.size() / dim;
	std::printf("faiss %d.%d.%d, %ld papers, %zu queries\n\n", FAISS_VERSION_MAJOR, FAISS_VERSION_MINOR, FAISS_VERSION_PATCH, long(flat.ntotal), n);
	std::printf("| what | recall@10 | median ms |\n|---|---:|---:|\n");

	std::vector<std::set<faiss::Index::idx_t>> truth(n);
	std::vector<double> times;
	for (size_t q = 0; q < n; q++) {
		float scores[k];
		faiss::Index::idx_t found[k];
		const auto start = Clock::now();
		flat.search(1, &queries[q * dim], k, scores, found);
		times.push_back(ms(start));
		truth[q].insert(found, found + k);
	}
	std::printf("| exact, float32 | 1 | %.2f |\n", median(times));

	const float *rows = flat.get_xb();
	for (int candidates : {256, 1024, 4096}) {
		times.clear();
		size_t hits = 0;
		std::vector<int32_t> distances(size_t(candidates), 0);
		std::vector<faiss::IndexBinary::idx_t> near(size_t(candidates), 0);
		for (size_t q = 0; q < n; q++) {
			const auto start = Clock::now();
			binary.search(1, &asked[q * dim / 8], candidates, distances.data(), near.data());
			std::vector<std::pair<float, faiss::IndexBinary::idx_t>> ranked;
			for (auto id : near) {
				if (id >= 0) ranked.emplace_back(-faiss::fvec_inner_product(&queries[q * dim], rows + size_t(id) * dim, dim), id);
			}
			const auto wanted = std::min(ranked.size(), size_t(k));
			std::partial_sort(ranked.begin(), ranked.begin() + long(wanted), ranked.end());
			times.push_back(ms(start));
			for (size_t i = 0; i < wanted; i++) hits += truth[q].count(ranked[i].second);
		}
		std::printf("| binary, %d rescored | %.4f | %.2f |\n", candidates, double(hits) / double(n * k), median(times));
	}
}
