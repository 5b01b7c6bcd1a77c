package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"migov/assessment/fault"
)

func TestAFaultIsFoundInsideOtherErrors(t *testing.T) {
	cause := errors.New("disk I/O error")
	f := fault.Wrap(cause, fault.Full, "fault.disk_full", nil)
	err := fmt.Errorf("save: %w", errors.Join(errors.New("other"), f))
	if !fault.Is(err, fault.Full) || fault.Is(err, fault.Conflict) || !errors.Is(err, cause) {
		t.Error("the fault or its cause was not found in ", err)
	}
	if got, ok := fault.As(err); !ok || got != f {
		t.Errorf("As returned %v", got)
	}
	for _, plain := range []error{nil, cause} {
		if fault.Is(plain, fault.Full) {
			t.Errorf("%v is taken for a fault", plain)
		}
		if _, ok := fault.As(plain); ok {
			t.Errorf("%v is taken for a fault", plain)
		}
	}
}

func TestFieldsAreAddedToACopy(t *testing.T) {
	first := fault.New(fault.Invalid, "fault.account", nil).WithFields(fault.Field{Name: "email", Key: "fault.email"})
	a := first.WithFields(fault.Field{Name: "a", Key: "k"})
	b := first.WithFields(fault.Field{Name: "b", Key: "k"})
	if len(first.Fields) != 1 || a.Fields[1].Name != "a" || b.Fields[1].Name != "b" {
		t.Errorf("first %v, a %v, b %v", first.Fields, a.Fields, b.Fields)
	}
	if got, want := a.Error(), "invalid fault.account [email: fault.email] [a: k]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
