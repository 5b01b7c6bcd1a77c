package web

import "migov/assessment/fault"

// notFound is what is said of pages that do not exist, and of things a person may not know of.
func notFound() error { return fault.New(fault.NotFound, "fault.not_found", nil) }
