// A program in Go: one goroutine is blocked in a receive, another ends it. Go's runtime handles SIGURG, and every other
// signal, with SA_RESTART.
package main

/*
#include <stdlib.h>
#include <string.h>
#include <westwind.h>

static int connect_over(int socket, unsigned char *memory, size_t size) {
  struct websocket_request request = {
    .host = "localhost", .url = "/", .tmp_buf = memory, .tmp_buf_len = size};
  return websocket_connect(socket, &request, 30000, NULL);
}

static int connect_to(int port, int *socket, unsigned char *memory, size_t size) {
  struct net_sockaddr_in address = {.sin_family = NET_AF_INET, .sin_port = net_htons(port)};
  address.sin_addr.s_addr = net_htonl(INADDR_LOOPBACK);
  *socket = zsock_socket(NET_AF_INET, NET_SOCK_STREAM, NET_IPPROTO_TCP);
  if (zsock_connect(*socket, (struct sockaddr *)&address, sizeof address) != 0) return -1;
  return connect_over(*socket, memory, size);
}

static int receive(int ws) {
  unsigned char bytes[100];
  return websocket_recv_msg(ws, bytes, sizeof bytes, NULL, NULL, SYS_FOREVER_MS);
}
*/
import "C"

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

const (
	rounds     = 20
	memorySize = 4096
	lateSize   = 500
	// Far more than anything takes on a busy machine: a call that needs longer never comes back.
	patience = 30 * time.Second
	// A fraction of this is enough, but not on a busy machine. A call that is not ended takes longer.
	atOnce = time.Second
)

func check(isSo bool, format string, arguments ...any) {
	if !isSo {
		fmt.Fprintf(os.Stderr, format+"\n", arguments...)
		os.Exit(1)
	}
}

// answer is a server's side of the handshake.
func answer(peer io.ReadWriter) {
	request, err := http.ReadRequest(bufio.NewReader(peer))
	check(err == nil, "the request: %v", err)
	digest := sha1.Sum([]byte(request.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(peer, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(digest[:]))
}

// isBlocked tells whether a thread waits for a socket, in recvfrom or ppoll.
func isBlocked(thread int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/syscall", thread))
	if err != nil {
		return false
	}
	for _, call := range []int{syscall.SYS_RECVFROM, syscall.SYS_PPOLL} {
		if strings.HasPrefix(string(text), fmt.Sprintf("%d ", call)) {
			return true
		}
	}
	return false
}

func awaitBlocked(thread int) {
	end := time.Now().Add(patience)
	for sightings := 0; sightings < 5; time.Sleep(time.Millisecond) {
		check(time.Now().Before(end), "the receiver does not block")
		if isBlocked(thread) {
			sightings++
		} else {
			sightings = 0
		}
	}
}

// late is a binary frame of a server or, masked with zeros, of a client.
func late(isMasked bool) []byte {
	header := []byte{0x82, 126, lateSize >> 8, lateSize & 0xFF}
	if isMasked {
		header[1] |= 0x80
		header = append(header, 0, 0, 0, 0)
	}
	return append(header, []byte(strings.Repeat("\xEE", lateSize))...)
}

// block has a goroutine receive, and returns when it is blocked.
func block(ws C.int) chan C.int {
	thread := make(chan int)
	code := make(chan C.int, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		thread <- syscall.Gettid()
		code <- C.receive(ws)
	}()
	awaitBlocked(<-thread)
	return code
}

func round(isServer bool) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	check(err == nil, "socketpair: %v", err)
	peer := os.NewFile(uintptr(pair[1]), "peer")
	memory := C.malloc(memorySize)
	var ws C.int
	if isServer {
		ws = C.websocket_register(C.int(pair[0]), (*C.uchar)(memory), memorySize)
	} else {
		go answer(peer)
		ws = C.connect_over(C.int(pair[0]), (*C.uchar)(memory), memorySize)
	}
	check(ws >= 0, "the WebSocket: %d", ws)

	code := block(ws)
	start := time.Now()
	result := C.websocket_disconnect(ws)
	took := time.Since(start)
	C.memset(memory, 0xAA, memorySize)
	_, err = peer.Write(late(isServer))
	check(err == nil, "the peer's late frame: %v", err)
	var got C.int
	hasReturned := true
	select {
	case got = <-code:
	case <-time.After(patience):
		hasReturned = false
	}
	changed := 0
	for _, value := range unsafe.Slice((*byte)(memory), memorySize) {
		if value != 0xAA {
			changed++
		}
	}
	fmt.Printf("ended in %v, %d bytes of reused memory changed\n", took, changed)
	check(changed == 0, "%d bytes of reused memory changed; websocket_disconnect took %v", changed, took)
	check(result == 0, "websocket_disconnect: %d", result)
	check(hasReturned, "the receiver does not return")
	check(got == -C.int(syscall.ENOTCONN), "websocket_recv_msg: %d", got)
	check(took < atOnce, "websocket_disconnect took %v", took)
	C.free(memory)
	peer.Close()
	syscall.Close(pair[0])
}

// serve answers the handshake of each client, and says whether it left with CLOSE.
func serve(listener net.Listener, left chan bool) {
	for {
		peer, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer peer.Close()
			answer(peer)
			rest, _ := io.ReadAll(peer)
			// A masked CLOSE without a body.
			left <- len(rest) == 6 && bytes.Equal(rest[:2], []byte{0x88, 0x80})
		}()
	}
}

func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	check(err == nil, "descriptors: %v", err)
	return len(entries)
}

// connections connects to a server of Go's own over TCP, blocks, and ends the connection from another goroutine, so many times.
func connections(count int) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	check(err == nil, "listen: %v", err)
	left := make(chan bool, 1)
	go serve(listener, left)
	port := C.int(listener.Addr().(*net.TCPAddr).Port)
	before := 0
	for i := 0; i < count; i++ {
		memory := C.malloc(memorySize)
		var socket C.int
		ws := C.connect_to(port, &socket, (*C.uchar)(memory), memorySize)
		check(ws >= 0, "round %d: websocket_connect: %d", i, ws)
		code := block(ws)
		start := time.Now()
		var result C.int
		if i%2 == 0 {
			result = C.websocket_disconnect(ws)
		} else {
			result = C.zsock_close(ws)
		}
		took := time.Since(start)
		C.memset(memory, 0xAA, memorySize)
		C.free(memory)
		check(result == 0, "round %d: disconnect: %d", i, result)
		check(took < atOnce, "round %d: disconnect took %v", i, took)
		select {
		case got := <-code:
			check(got == -C.int(syscall.ENOTCONN), "round %d: websocket_recv_msg: %d", i, got)
		case <-time.After(patience):
			check(false, "round %d: the receiver does not return", i)
		}
		check(C.zsock_close(socket) == 0, "round %d: zsock_close", i)
		select {
		case isRight := <-left:
			check(isRight, "round %d: the server did not get CLOSE alone", i)
		case <-time.After(patience):
			check(false, "round %d: the server does not see the end", i)
		}
		// Each thread that has waited keeps one descriptor, and Go has a few threads.
		if i == count/2 {
			before = openFiles()
		}
	}
	check(openFiles() <= before+runtime.GOMAXPROCS(0)+8, "descriptors: %d, and %d halfway", openFiles(), before)
	listener.Close()
}

func main() {
	for i := 0; i < rounds; i++ {
		round(false)
		round(true)
	}
	count := 0
	if len(os.Args) > 1 {
		count, _ = strconv.Atoi(os.Args[1])
		connections(count)
	}
	fmt.Printf("%d rounds, %d connections\n", rounds, count)
}
