// What the peers in C++ share: reading papers and queries, timing, the answer.
// See peer.go for the protocol.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace peer {

using Clock = std::chrono::steady_clock;

inline double since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

inline std::vector<std::string> split(const std::string &line, char by) {
	std::vector<std::string> out;
	size_t from = 0;
	for (;;) {
		size_t to = line.find(by, from);
		out.push_back(line.substr(from, to == std::string::npos ? to : to - from));
		if (to == std::string::npos) return out;
		from = to + 1;
	}
}

struct Query {
	std::string cls, text;
	std::vector<std::string> words;
	bool all() const { return cls == "all"; }
	bool phrase() const { return cls == "phrase"; }
};

inline std::vector<Query> queries(const char *path) {
	std::ifstream in(path);
	std::vector<Query> out;
	for (std::string line; std::getline(in, line);) {
		auto f = split(line, '\t');
		if (f.size() == 5 && f[0] != "filter") out.push_back({f[0], f[1], split(f[2], ' ')});
	}
	return out;
}

inline long bytes(const std::string &dir) {
	long n = 0;
	for (auto &e : std::filesystem::recursive_directory_iterator(dir))
		if (e.is_regular_file()) n += static_cast<long>(e.file_size());
	return n;
}

struct Answer {
	std::string name, note;
	long papers = 0, size = 0;
	double build = 0;
	std::map<std::string, std::vector<long>> runs;
	std::map<std::string, long> hits;

	// ask gives the number of results of a query.
	void run(const std::vector<Query> &all, double most, const std::function<long(const Query &)> &ask) {
		std::map<std::string, int> warm;
		std::map<std::string, Clock::time_point> began;
		for (auto &q : all) {
			if (warm[q.cls] < 20) {
				warm[q.cls]++;
				ask(q);
				began[q.cls] = Clock::now();
				continue;
			}
			if (since(began[q.cls]) > most) continue;
			auto t = Clock::now();
			long n = ask(q);
			runs[q.cls].push_back(static_cast<long>(since(t) * 1e6));
			hits[q.cls] += n;
		}
	}

	void print() const {
		std::ostringstream o;
		o << "{\"name\":\"" << name << "\",\"note\":\"" << note << "\",\"papers\":" << papers << ",\"bytes\":" << size
		  << ",\"buildSeconds\":" << build << ",\"runs\":{";
		const char *comma = "";
		for (auto &[cls, us] : runs) {
			o << comma << "\"" << cls << "\":[";
			for (size_t i = 0; i < us.size(); i++) o << (i ? "," : "") << us[i];
			o << "]";
			comma = ",";
		}
		o << "},\"hits\":{";
		comma = "";
		for (auto &[cls, n] : hits) {
			o << comma << "\"" << cls << "\":" << n;
			comma = ",";
		}
		o << "}}\n";
		std::cout << o.str();
	}
};

}  // namespace peer
