package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"

	"github.com/gorilla/websocket"
)

// A connection whose writes wait, from when it is open, until there are enough of them. Gorilla writes each message at once.
type batchingConn struct {
	net.Conn
	out    *bufio.Writer
	isOpen bool
}

func (c *batchingConn) Write(bytes []byte) (int, error) {
	if !c.isOpen {
		return c.Conn.Write(bytes)
	}
	return c.out.Write(bytes)
}

// Has TLS not check the certificate, and where it is asked to, a batchingConn over the socket or over TLS.
func setDial(dialer *websocket.Dialer, isBatched bool) {
	secure := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
	dialer.TLSClientConfig = secure.Config
	if !isBatched {
		return
	}
	batched := func(conn net.Conn, err error) (net.Conn, error) {
		if err != nil {
			return nil, err
		}
		return &batchingConn{conn, bufio.NewWriterSize(conn, batchBytes), false}, nil
	}
	var plain net.Dialer
	dialer.NetDialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		return batched(plain.DialContext(ctx, network, address))
	}
	dialer.NetDialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		return batched(secure.DialContext(ctx, network, address))
	}
}

// Begins to hold back what is written, where the connection batches.
func hold(conn *websocket.Conn) {
	if batching, is := conn.UnderlyingConn().(*batchingConn); is {
		batching.isOpen = true
	}
}

func flush(conn *websocket.Conn) {
	if batching, is := conn.UnderlyingConn().(*batchingConn); is {
		if err := batching.out.Flush(); err != nil {
			fail(err)
		}
	}
}
