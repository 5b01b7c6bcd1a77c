package evidence

import "migov/assessment/fault"

// ChunkSize is how many bytes of a file come at once where it comes in chunks: 5 seconds on a line of 400 kbit/s (trust.md, U16).
const ChunkSize = 256 << 10

// Takes tells before anything of a file is there whether it may come, by its name and its size in bytes. What may not is a
// fault of kind Invalid about the field "file".
func Takes(name string, size int64) error {
	switch promised, _ := ending(Clean(name)); {
	case size <= 0:
		return refused("evidence.file_empty", nil)
	case size > MaxFile:
		return refused("evidence.file_large", fault.Args{"Megabytes": MaxFile >> 20})
	case promised == "":
		return refused("evidence.file_type", fault.Args{"Types": Names()})
	}
	return nil
}

// Follows tells whether a chunk of so many bytes may follow the bytes of a file that have been received. Chunks come one
// after another, each of ChunkSize but the last. One out of turn is a Conflict whose argument Offset says where to go on:
// that is no fault of anybody's when a reply was lost, or when two tabs send the same file.
func Follows(size, received, offset int64, length int) error {
	if offset != received || received == size {
		return fault.New(fault.Conflict, "evidence.chunk_order", fault.Args{"Offset": received})
	}
	if want := min(ChunkSize, size-received); int64(length) != want {
		return fault.New(fault.Invalid, "evidence.chunk_size", fault.Args{"Bytes": want})
	}
	return nil
}
