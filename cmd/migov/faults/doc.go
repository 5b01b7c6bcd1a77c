// Package faults holds the tests that hurt the real program: disks that fill up or become read-only, processes that are
// killed, files that are damaged. It has no code of its own.
package faults
