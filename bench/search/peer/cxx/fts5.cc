// SQLite FTS5 as a peer, in C as it is fastest: title and abstract with
// positions, Porter stems, its own BM25; the text itself is not kept (content='').
// Build: c++ -O2 -std=c++17 fts5.cc -o fts5 -lsqlite3
#include <sqlite3.h>

#include "peer.h"

static sqlite3 *db;

static void must(int code) {
	if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) {
		std::cerr << "fts5: " << sqlite3_errmsg(db) << "\n";
		exit(1);
	}
}

static void exec(const char *sql) { must(sqlite3_exec(db, sql, nullptr, nullptr, nullptr)); }

static sqlite3_stmt *prepare(const char *sql) {
	sqlite3_stmt *s;
	must(sqlite3_prepare_v2(db, sql, -1, &s, nullptr));
	return s;
}

int main(int argc, char **argv) {
	if (argc != 4) return 2;
	const std::string file = std::string(argv[1]) + "/fts5.db";
	std::ios::sync_with_stdio(false);
	peer::Answer a;
	a.name = std::string("SQLite FTS5 ") + sqlite3_libversion();
	auto t = peer::Clock::now();
	must(sqlite3_open(file.c_str(), &db));
	exec("PRAGMA journal_mode=off; PRAGMA synchronous=off; PRAGMA cache_size=-500000; PRAGMA mmap_size=8000000000");
	exec("CREATE VIRTUAL TABLE docs USING fts5(title, abstract, content='', tokenize='porter unicode61')");
	exec("INSERT INTO docs(docs, rank) VALUES('hashsize', 67108864)");  // its default, 1 MiB, makes building slower
	exec("BEGIN");
	auto insert = prepare("INSERT INTO docs(rowid, title, abstract) VALUES(?1, ?2, ?3)");
	for (std::string line; std::getline(std::cin, line);) {
		auto f = peer::split(line, '\t');
		sqlite3_bind_int64(insert, 1, ++a.papers);
		sqlite3_bind_text(insert, 2, f[1].data(), static_cast<int>(f[1].size()), SQLITE_STATIC);
		sqlite3_bind_text(insert, 3, f[2].data(), static_cast<int>(f[2].size()), SQLITE_STATIC);
		must(sqlite3_step(insert));
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	exec("COMMIT");
	exec("INSERT INTO docs(docs) VALUES('optimize')");  // one segment: queries are fastest so
	a.build = peer::since(t);
	a.size = peer::bytes(argv[1]);
	a.note = "build with optimize";
	auto select = prepare("SELECT rowid FROM docs WHERE docs MATCH ?1 ORDER BY rank LIMIT 20");
	a.run(peer::queries(argv[2]), atof(argv[3]), [&](const peer::Query &q) {
		std::string match;
		for (auto &w : q.words) match += (match.empty() ? "\"" : q.phrase() ? " " : q.all() ? "\" AND \"" : "\" OR \"") + w;
		match += "\"";
		sqlite3_bind_text(select, 1, match.data(), static_cast<int>(match.size()), SQLITE_STATIC);
		long n = 0;
		int code;
		while ((code = sqlite3_step(select)) == SQLITE_ROW) n++;
		must(code);
		sqlite3_reset(select);
		return n;
	});
	a.print();
	sqlite3_finalize(select);
	sqlite3_close(db);
}
