package rest_test

import (
	"testing"

	"migov/api/apitest"
	"migov/data/store/storetest"
)

// each runs a test in a world of its own on each engine.
func each(t *testing.T, test func(t *testing.T, w *apitest.World)) {
	for _, e := range storetest.Engines {
		t.Run(string(e), func(t *testing.T) { test(t, apitest.With(t, apitest.Options{Database: storetest.Address(t, e)})) })
	}
}
