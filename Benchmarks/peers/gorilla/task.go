package main

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// What the command line asks for; Benchmarks/README.md is the contract.
type task struct {
	workload   string
	isDeflated bool
	url        url.URL
	size       int // bytes of a message
	count      int
}

func fail(what interface{}) {
	fmt.Fprintln(os.Stderr, "gorilla:", what)
	os.Exit(1)
}

// The client has no such workload.
func decline() { os.Exit(3) }

func readTask() task {
	if len(os.Args) != 5 {
		fail("usage: CLIENT WORKLOAD URL SIZE COUNT")
	}
	address, err := url.Parse(os.Args[2])
	if err != nil {
		fail(err)
	}
	t := task{url: *address}
	t.workload = strings.TrimPrefix(os.Args[1], "deflate-")
	t.isDeflated = t.workload != os.Args[1]
	if t.size, err = strconv.Atoi(os.Args[3]); err != nil {
		fail(err)
	}
	if t.count, err = strconv.Atoi(os.Args[4]); err != nil || t.count < 1 {
		fail("COUNT is at least 1")
	}
	t.url.Path = "/echo"
	switch t.workload {
	case "send", "send-batched":
		t.url.Path = "/sink"
		t.url.RawQuery = fmt.Sprintf("count=%d", t.count)
	case "receive":
		t.url.Path = "/source"
		t.url.RawQuery = fmt.Sprintf("size=%d&count=%d", t.size, t.count)
	case "ping-pong", "pipeline", "pipeline-batched", "setup", "idle":
	default:
		decline()
	}
	if t.isDeflated {
		if t.workload != "send" && t.workload != "receive" {
			decline()
		}
		t.url.RawQuery += "&deflate"
	}
	return t
}

// A payload: the readings of sensors as JSON, which is also what the server sends.
func makePayload(size int) []byte {
	var text bytes.Buffer
	for n := 0; text.Len() < size; n++ {
		fmt.Fprintf(&text,
			`{"sensor":"greenhouse-%02d","sequence":%d,"temperature":%d.%d,"humidity":%d,"battery":3.%d},`,
			n%17, 48120+n, 18+n%9, n%10, 40+n*7%31, 60+n%37)
	}
	return text.Bytes()[:size]
}

// The monotonic clock, and the processor's time of this process.
type moment struct {
	clock time.Time
	usage syscall.Rusage
}

func now() moment {
	m := moment{clock: time.Now()}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &m.usage); err != nil {
		fail(err)
	}
	return m
}

func seconds(from, to syscall.Timeval) float64 { return float64(to.Nano()-from.Nano()) / 1e9 }

func (m moment) reportSince() {
	end := now()
	fmt.Printf("{\"seconds\": %.6f, \"user\": %.6f, \"system\": %.6f}\n", end.clock.Sub(m.clock).Seconds(),
		seconds(m.usage.Utime, end.usage.Utime), seconds(m.usage.Stime, end.usage.Stime))
}

// Bytes of memory that are this process's alone and written to.
func privateMemory() int {
	text, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		fail(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		var kilobytes int
		if n, _ := fmt.Sscanf(line, "Private_Dirty: %d kB", &kilobytes); n == 1 {
			return kilobytes * 1024
		}
	}
	fail("/proc/self/smaps_rollup has no Private_Dirty")
	return 0
}
