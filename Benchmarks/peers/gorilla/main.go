// The benchmark's client on Gorilla WebSocket: one goroutine, and a second one only where one alone would block.
package main

import (
	"fmt"
	"io"

	"github.com/gorilla/websocket"
)

const (
	window     = 64
	batchBytes = 64 * 1024
	// What is surely under way in both directions while nobody reads.
	pipelineLimit = 1024 * 1024
)

type client struct {
	task
	payload, answer []byte
	dialer          websocket.Dialer
}

type connection struct {
	*client
	conn *websocket.Conn
}

func newClient(t task) *client {
	c := &client{task: t, payload: makePayload(t.size + 1), answer: make([]byte, t.size+1)}
	c.dialer.EnableCompression = t.isDeflated
	if t.workload != "idle" && t.workload != "setup" {
		// A message that does not fit in the buffer would be fragmented.
		c.dialer.WriteBufferSize = t.size + 1024
		c.dialer.ReadBufferSize = batchBytes
	}
	setDial(&c.dialer, t.workload == "send-batched" || t.workload == "pipeline-batched")
	return c
}

func (c *client) open() connection {
	conn, _, err := c.dialer.Dial(c.url.String(), nil)
	if err != nil {
		fail(err)
	}
	hold(conn)
	if c.isDeflated {
		if err := conn.SetCompressionLevel(6); err != nil {
			fail(err)
		}
	}
	return connection{c, conn}
}

func (c connection) send(size int) {
	if err := c.conn.WriteMessage(websocket.BinaryMessage, c.payload[:size]); err != nil {
		fail(err)
	}
}

// Reads into memory that is there already, which ReadMessage does not.
func (c connection) receive(size int) {
	kind, reader, err := c.conn.NextReader()
	if err != nil {
		fail(err)
	}
	count := 0
	for err == nil && count < len(c.answer) {
		var n int
		n, err = reader.Read(c.answer[count:])
		count += n
	}
	if err != io.EOF || kind != websocket.BinaryMessage || count != size {
		fail(fmt.Sprint("another message was expected: ", count, " bytes ", err))
	}
}

func (c connection) receiveAll(count int) {
	for i := 0; i < count; i++ {
		c.receive(c.size)
	}
}

func (c connection) sendAll(count int) {
	for i := 0; i < count; i++ {
		c.send(c.size)
	}
	flush(c.conn)
}

func (c connection) pipeline() {
	first := min(c.count, window)
	if c.size*window <= pipelineLimit {
		c.sendAll(first)
		for i := 0; i < c.count; i++ {
			c.receive(c.size)
			if i+first < c.count {
				c.send(c.size)
			}
		}
		return
	}
	received := make(chan struct{}, window)
	go func() {
		c.sendAll(first)
		for range received {
			c.send(c.size)
		}
	}()
	for i := 0; i < c.count; i++ {
		c.receive(c.size)
		if i+first < c.count {
			received <- struct{}{}
		}
	}
}

func (c connection) pipelineBatched() {
	for left := c.count; left > 0; left -= window {
		now := min(left, window)
		if c.size*window <= pipelineLimit {
			c.sendAll(now)
		} else {
			go c.sendAll(now)
		}
		c.receiveAll(now)
	}
}

func (c connection) run() {
	switch c.workload {
	case "ping-pong":
		for i := 0; i < c.count; i++ {
			c.send(c.size)
			c.receive(c.size)
		}
	case "pipeline":
		c.pipeline()
	case "pipeline-batched":
		c.pipelineBatched()
	case "send", "send-batched":
		c.sendAll(c.count)
		c.receive(1)
	case "receive":
		c.send(1)
		c.receiveAll(c.count)
	case "setup", "idle":
		c.send(c.size)
		c.receive(c.size)
	}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func main() {
	c := newClient(readTask())
	switch c.workload {
	case "idle":
		before := privateMemory()
		connections := make([]connection, c.count)
		for i := range connections {
			connections[i] = c.open()
			connections[i].run()
		}
		fmt.Printf("{\"bytes\": %d}\n", (privateMemory()-before)/len(connections))
	case "setup":
		start := now()
		for i := 0; i < c.count; i++ {
			connection := c.open()
			connection.run()
			connection.conn.Close()
		}
		start.reportSince()
	default:
		connection := c.open()
		start := now()
		connection.run()
		start.reportSince()
	}
}
