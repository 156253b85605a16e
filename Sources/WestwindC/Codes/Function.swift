/// The functions of `<zephyr/net/websocket.h>` that can fail, for the table of codes.
package enum Function: CaseIterable {
  case connect
  case register
  case send
  case receive
  case disconnect
  case unregister
}
