package main

import (
	"fmt"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/bench/search/corpus"
	"broadsheet/bench/search/peer"
)

// own is what Broadsheet's own search came to.
type own struct {
	c      *corpus.Corpus
	built  built
	served serving
	recall float64
}

// bars are what is aimed at, median and p99 in milliseconds, at 3 million papers.
var bars = map[string]string{
	"title lexical": "2, 10", "keyword lexical": "2, 10", "question lexical": "2, 10", "filter lexical": "2, 10",
	"common lexical": "15", "all lexical": "2, 10", "phrase lexical": "2, 10",
	"title semantic": "10", "filter semantic": "10",
	"title hybrid": "12, 30", "keyword hybrid": "12, 30", "question hybrid": "12, 30", "filter hybrid": "12, 30",
}

// whatIs says in words what a class and mode are.
var whatIs = map[string]string{
	"title": "2 to 5 words of a title", "keyword": "1 or 2 telling words", "question": "a question", "common": "three common words",
	"all": "2 to 4 words, all wanted", "phrase": "a phrase of 2 or 3 words", "filter": "words within a category and years",
}

func (r *own) print() {
	n := float64(r.c.Papers)
	fmt.Printf("Broadsheet with %d papers (bars are for 3 million); queries one after the other on one core, best 20, milliseconds, median\n", r.c.Papers)
	fmt.Print("and p99. Processor is the same in time of the processor: where it is less, other work was in the way. Early is the p99 of\n")
	fmt.Print("the queries before, which met cold pages and unchecked blocks.\n\n")
	row("what", "bar", "seen")
	fmt.Println("|---|---|---|")
	what := "words only"
	if r.built.model {
		what = "with embedding"
	}
	row("index build, "+what+", both cores", ">= 15,000 papers/s", fmt.Sprintf("%.0f papers/s (%.0f s, %.0f s of processor, of which making the papers %.0f: %.0f papers/s on two cores of its own)",
		n/r.built.seconds, r.built.seconds, r.built.cpu, r.built.generator, 2*n/(r.built.cpu-r.built.generator)))
	row("index on disk", "<= 1,000 bytes a paper", fmt.Sprintf("%.0f bytes a paper in %d segments", float64(r.built.bytes)/n, r.built.segments))
	row("open the index, then the first answer", "300 ms", fmt.Sprintf("%s ms, %s ms", micros(r.served.Open), micros(r.served.First)))
	for _, a := range asks {
		name := string(a.class) + " " + string(a.mode)
		us := r.served.Runs[name]
		if len(us) == 0 {
			continue
		}
		row(modeText(a.mode)+": "+whatIs[string(a.class)], bars[name], fmt.Sprintf("%s (processor %s; early %s)", spread(us), spread(r.served.CPU[name]),
			micros(peer.Quantile(r.served.Cold[name], 0.99))))
	}
	if r.built.model {
		row("recall@10 against exact, "+fmt.Sprint(len(r.served.Near))+" queries", ">= 0.99", fmt.Sprintf("%.4f", r.recall))
	}
	m := r.served.Memory
	row("resident after the queries", "<= 1,500 MB", fmt.Sprintf("%s (own %s, page cache %s); after opening %s",
		megabytes(m["VmRSS"]), megabytes(m["RssAnon"]), megabytes(m["RssFile"]), megabytes(r.served.AtOpen)))
	row("a change heard of to its being found", "<= 2 s", fmt.Sprintf("%s ms, slowest of %d %s ms",
		micros(peer.Quantile(r.served.Fresh, 0.5)), len(r.served.Fresh), micros(slices.Max(r.served.Fresh))))
}

// spread is a median and a p99.
func spread(us []int) string {
	return micros(peer.Quantile(us, 0.5)) + ", " + micros(peer.Quantile(us, 0.99))
}

func modeText(m broadsheet.Mode) string {
	return strings.NewReplacer(string(broadsheet.ModeLexical), "by word", string(broadsheet.ModeSemantic), "by meaning").Replace(string(m))
}

func megabytes(kb int) string {
	if kb == 0 {
		return "not seen"
	}
	return fmt.Sprintf("%.0f MB", float64(kb)*1024/1e6)
}
