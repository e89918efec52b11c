//go:build !amd64

package vec

func fast() []kernels { return nil }
