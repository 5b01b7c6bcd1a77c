//go:build race

package api_test

// Under the race detector the matrix takes five times as long; the tests without it run on both engines.
func init() { engines = engines[:1] }
