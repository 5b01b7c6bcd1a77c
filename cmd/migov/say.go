package main

import "strings"

// sentence makes of an error what an operator reads.
func sentence(err error) string {
	return strings.TrimSpace(err.Error())
}
