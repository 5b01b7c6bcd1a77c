package store_test

import (
	"fmt"
	"os"
	"testing"
)

// The test program runs itself again where a test needs a process of its own: one that is killed, or one whose disk fails.
var children = map[string]func() error{
	"writer":   writeUntilKilled,
	"disk":     surviveTheDisk,
	"uploader": uploadUntilKilled,
	"chunker":  sendChunksUntilKilled,
}

const childName = "MIGOV_TEST_CHILD"

func TestMain(m *testing.M) {
	child, known := children[os.Getenv(childName)]
	if !known {
		os.Exit(m.Run())
	}
	if err := child(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
