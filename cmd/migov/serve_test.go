package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestAServerWhoseStoreFailedFinishesWhatIsUnderWayAndEndsWith70(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reading, failed := make(chan struct{}), make(chan struct{})
	server := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		close(reading)
		<-failed
		time.Sleep(100 * time.Millisecond)
		io.WriteString(rw, "whole")
	})}
	var said bytes.Buffer
	var draining atomic.Bool
	result := make(chan error, 1)
	go func() {
		p := &program{}
		result <- p.attend(context.Background(), server, listener, failed, &draining, slog.New(slog.NewTextHandler(&said, nil)))
	}()
	got := make(chan string, 1)
	go func() {
		page, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		defer page.Body.Close()
		body, _ := io.ReadAll(page.Body)
		got <- string(body)
	}()
	<-reading
	if draining.Load() {
		t.Error("not ready before anything failed")
	}
	began := time.Now()
	close(failed)
	if body := <-got; body != "whole" {
		t.Errorf("what was under way: %q", body)
	}
	err = <-result
	var with coded
	if !errors.As(err, &with) || with.code != 70 || !draining.Load() || time.Since(began) > failTime+time.Second {
		t.Errorf("%v, ready %v, after %s", err, !draining.Load(), time.Since(began))
	}
	if !strings.Contains(said.String(), "level=ERROR") || !strings.Contains(said.String(), "the disk or the database file failed") {
		t.Errorf("the log says %q", said.String())
	}
}

func TestAServerWhoseStoreFailedDoesNotWaitForEver(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reading, failed, release := make(chan struct{}), make(chan struct{}), make(chan struct{})
	defer close(release)
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(reading)
		<-release
	})}
	go http.Get("http://" + listener.Addr().String()) //nolint:errcheck // it is cut off
	go func() {
		<-reading
		close(failed)
	}()
	began := time.Now()
	var draining atomic.Bool
	p := &program{settings: settings{Drain: time.Hour}}
	err = p.attend(context.Background(), server, listener, failed, &draining, slog.New(slog.DiscardHandler))
	var with coded
	if took := time.Since(began); !errors.As(err, &with) || took > failTime+time.Second {
		t.Errorf("%v after %s", err, took)
	}
}
