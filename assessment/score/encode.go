package score

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

// numbersVersion leads the binary form of Numbers.
const numbersVersion = 1

// smallestResult is the length of a Result of which nothing is known.
const smallestResult = 1 + 1 + 1 + 1 + 8 + 8

const (
	bandedFlag = 1 << iota
	knownFlag
)

var errNumbers = errors.New("score: these are not numbers of version 1")

// MarshalBinary writes the numbers exactly, and nothing for those that are absent.
func (n Numbers) MarshalBinary() ([]byte, error) {
	b := make([]byte, 0, 256+72*(len(n.Dimensions)+len(n.Subcategories)))
	b = append(b, numbersVersion)
	b = appendResults(b, n.Dimensions)
	b = appendResults(b, n.Subcategories)
	b = appendInterval(b, n.Situation)
	b = appendInterval(b, n.Effort)
	return appendInterval(b, n.Advocacy), nil
}

func appendResults(b []byte, results []Result) []byte {
	b = binary.AppendUvarint(b, uint64(len(results)))
	for _, r := range results {
		b = appendInterval(b, r.Situation)
		b = appendInterval(b, r.Effort)
		b = binary.AppendUvarint(b, uint64(r.Answered))
		b = binary.AppendUvarint(b, uint64(r.Applicable))
		b = appendFloat(b, r.EffortAnswered)
		b = appendFloat(b, r.EffortApplicable)
	}
	return b
}

func appendInterval(b []byte, i Interval) []byte {
	flags := byte(0)
	if i.Banded {
		flags |= bandedFlag
	}
	if i.Known {
		flags |= knownFlag
	}
	b = append(b, flags)
	if i.Banded {
		b = appendFloat(appendFloat(b, i.Low), i.High)
	}
	if i.Known {
		b = appendFloat(b, i.Central)
	}
	return b
}

func appendFloat(b []byte, x float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
}

// UnmarshalBinary reads what MarshalBinary wrote, into the slices of n where they are large enough. It refuses anything
// else, NaN and infinity among it.
func (n *Numbers) UnmarshalBinary(data []byte) error {
	r := reader{rest: data}
	if r.byte() != numbersVersion {
		return errNumbers
	}
	n.Dimensions = r.results(n.Dimensions)
	n.Subcategories = r.results(n.Subcategories)
	n.Situation, n.Effort, n.Advocacy = r.interval(), r.interval(), r.interval()
	if r.bad || len(r.rest) > 0 {
		*n = Numbers{}
		return errNumbers
	}
	return nil
}

// reader takes values off the front; what is not there is zero, and makes the whole bad.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		r.bad = true
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *reader) float() float64 {
	if len(r.rest) < 8 {
		r.bad, r.rest = true, nil
		return 0
	}
	x := math.Float64frombits(binary.LittleEndian.Uint64(r.rest))
	r.rest = r.rest[8:]
	if math.IsNaN(x) || math.IsInf(x, 0) {
		r.bad = true
		return 0
	}
	return x
}

func (r *reader) count() int {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > math.MaxInt32 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return int(v)
}

func (r *reader) interval() (i Interval) {
	flags := r.byte()
	if flags&^(bandedFlag|knownFlag) != 0 {
		r.bad = true
	}
	if flags&bandedFlag != 0 {
		i.Banded, i.Low, i.High = true, r.float(), r.float()
	}
	if flags&knownFlag != 0 {
		i.Known, i.Central = true, r.float()
	}
	return i
}

func (r *reader) results(into []Result) []Result {
	n := r.count()
	if n > len(r.rest)/smallestResult {
		r.bad, r.rest = true, nil
		return nil
	}
	into = slices.Grow(into[:0], n)[:n]
	for i := range into {
		into[i] = Result{Situation: r.interval(), Effort: r.interval(), Answered: r.count(), Applicable: r.count(),
			EffortAnswered: r.float(), EffortApplicable: r.float()}
	}
	return into
}
