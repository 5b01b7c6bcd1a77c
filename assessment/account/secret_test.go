package account

import (
	"context"
	"errors"
	"testing"
)

func TestWhoeverLeavesTheQueueForHashesIsNotHashed(t *testing.T) {
	for range cap(hashers) { // all places are taken
		hashers <- struct{}{}
	}
	ctx, leave := context.WithCancel(context.Background())
	leave()
	if _, err := CheckPassword(ctx, "correct horse battery", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	for range cap(hashers) {
		<-hashers
	}
	if _, err := CheckPassword(context.Background(), "correct horse battery", ""); err != nil {
		t.Errorf("with a free place: %v", err)
	}
}

func TestAPlaceIsGivenBackAfterAnError(t *testing.T) {
	for range 3 * cap(hashers) {
		if _, err := CheckPassword(context.Background(), "x", "not a hash"); err == nil {
			t.Fatal("a broken hash was not reported")
		}
	}
	if len(hashers) != 0 {
		t.Errorf("%d places are still taken", len(hashers))
	}
}
