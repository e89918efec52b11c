// Xapian as a peer: title and abstract with positions, English stems, its own
// BM25. Build: c++ -O2 -std=c++17 xapian.cc -o xapian -lxapian
#include <xapian.h>

#include "peer.h"

int main(int argc, char **argv) try {
	if (argc != 4) return 2;
	const std::string dir = std::string(argv[1]) + "/xapian";
	setenv("XAPIAN_FLUSH_THRESHOLD", "100000", 0);  // its default, 10,000, makes building slower
	std::ios::sync_with_stdio(false);
	peer::Answer a;
	a.name = std::string("Xapian ") + Xapian::version_string();
	auto t = peer::Clock::now();
	{
		Xapian::WritableDatabase db(dir, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC);
		Xapian::TermGenerator gen;
		gen.set_stemmer(Xapian::Stem("english"));
		for (std::string line; std::getline(std::cin, line); a.papers++) {
			auto f = peer::split(line, '\t');
			Xapian::Document doc;
			gen.set_document(doc);
			gen.index_text(f[1], 2);
			gen.increase_termpos();
			gen.index_text(f[2]);
			doc.set_data(f[0]);
			db.add_document(doc);
		}
		db.commit();
	}
	a.build = peer::since(t);
	a.size = peer::bytes(dir);
	Xapian::Database db(dir);
	Xapian::Stem stem("english");
	Xapian::Enquire enquire(db);
	a.run(peer::queries(argv[2]), atof(argv[3]), [&](const peer::Query &q) {
		std::vector<std::string> terms;
		for (auto &w : q.words) terms.push_back(q.phrase() ? w : "Z" + stem(w));
		auto op = q.phrase() ? Xapian::Query::OP_PHRASE : q.all() ? Xapian::Query::OP_AND : Xapian::Query::OP_OR;
		enquire.set_query(Xapian::Query(op, terms.begin(), terms.end()));
		auto found = enquire.get_mset(0, 20);
		long n = 0;
		for (auto i = found.begin(); i != found.end(); ++i) n += !i.get_document().get_data().empty();
		return n;
	});
	a.print();
} catch (const Xapian::Error &e) {
	std::cerr << "xapian: " << e.get_description() << "\n";
	return 1;
}
