package evidence_test

import (
	"testing"

	"migov/assessment/evidence"
	"migov/assessment/fault"
)

func TestAChunkFollowsWhatWasReceived(t *testing.T) {
	const chunk = evidence.ChunkSize
	for _, c := range []struct {
		name                   string
		size, received, offset int64
		length                 int
		kind                   fault.Kind // empty when it may
		key                    string
	}{
		{"the first of several", 3 * chunk, 0, 0, chunk, "", ""},
		{"one in the middle", 3 * chunk, chunk, chunk, chunk, "", ""},
		{"the last, which is whole", 3 * chunk, 2 * chunk, 2 * chunk, chunk, "", ""},
		{"the last, of one byte", chunk + 1, chunk, chunk, 1, "", ""},
		{"the only one", 5, 0, 0, 5, "", ""},
		{"one that is there already", 3 * chunk, chunk, 0, chunk, fault.Conflict, "evidence.chunk_order"},
		{"one too far", 3 * chunk, chunk, 2 * chunk, chunk, fault.Conflict, "evidence.chunk_order"},
		{"one before the beginning", 3 * chunk, chunk, -chunk, chunk, fault.Conflict, "evidence.chunk_order"},
		{"one after the end", chunk, chunk, chunk, 1, fault.Conflict, "evidence.chunk_order"},
		{"nothing after the end", chunk, chunk, chunk, 0, fault.Conflict, "evidence.chunk_order"},
		{"one that is too short", 3 * chunk, chunk, chunk, chunk - 1, fault.Invalid, "evidence.chunk_size"},
		{"one that is too long", 3 * chunk, chunk, chunk, chunk + 1, fault.Invalid, "evidence.chunk_size"},
		{"a last one that is too long", chunk + 1, chunk, chunk, 2, fault.Invalid, "evidence.chunk_size"},
		{"nothing", 3 * chunk, 0, 0, 0, fault.Invalid, "evidence.chunk_size"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := evidence.Follows(c.size, c.received, c.offset, c.length)
			f, _ := fault.As(err)
			if c.kind == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if f == nil || f.Kind != c.kind || f.Key != c.key {
				t.Fatal(err)
			}
			if f.Kind == fault.Conflict && f.Args["Offset"] != c.received {
				t.Errorf("it is told to go on at %v", f.Args["Offset"])
			}
		})
	}
}

func TestAFileIsRefusedBeforeAnythingOfItIsSent(t *testing.T) {
	for _, c := range []struct {
		file string
		size int64
		want string
	}{
		{"plan.pdf", 1, ""}, {"plan.PDF", evidence.MaxFile, ""}, {"plan.jpeg", 9, ""},
		{"plan.pdf", 0, "evidence.file_empty"}, {"plan.pdf", -1, "evidence.file_empty"}, {"plan.pdf", evidence.MaxFile + 1, "evidence.file_large"},
		{"plan.exe", 1, "evidence.file_type"}, {"plan", 1, "evidence.file_type"}, {"plan.pdf/", 1, "evidence.file_type"}, {"", 1, "evidence.file_type"},
	} {
		f, _ := fault.As(evidence.Takes(c.file, c.size))
		if c.want == "" && f != nil || c.want != "" && (f == nil || f.Kind != fault.Invalid || f.Fields[0].Name != "file" || f.Fields[0].Key != c.want) {
			t.Errorf("%q of %d bytes: %v, not %q", c.file, c.size, f, c.want)
		}
	}
}
