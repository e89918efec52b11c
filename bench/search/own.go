package main

import (
	"context"

	"broadsheet/bench/search/corpus"
)

func measureOwn(ctx context.Context, o options, c *corpus.Corpus) error { return nil }

func serve(ctx context.Context, o options) error { return nil }
