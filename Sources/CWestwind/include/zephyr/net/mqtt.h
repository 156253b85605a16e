/* An MQTT client that its program drives: there is no thread, and no queue.
 *
 *   mqtt_client_init, fill in the structure, mqtt_connect;
 *   then poll client.transport.tcp.sock for input, up to mqtt_keepalive_time_left, and call mqtt_input and mqtt_live.
 *
 * What comes is told to evt_cb, during whichever call finds it. The callback may call every function but mqtt_input, and also
 * mqtt_connect once it has been told MQTT_EVT_DISCONNECT. It may neither free the client nor give it to mqtt_client_init, not
 * even then: that has to wait until the call has returned that told the event.
 *
 * Any thread may call, and waits while another is in a call of the same client.
 *
 * Functions return 0 or more, or an errno with a minus before it. Where the connection breaks in a call, that is told by
 * MQTT_EVT_DISCONNECT first, with the same code in `result`, and then returned:
 *   -ECONNRESET, -EPIPE ...  the socket's own
 *   -ENOTCONN                the broker closed the connection
 *   -ECONNRESET              the broker sent DISCONNECT (MQTT 5.0)
 *   -ECONNREFUSED            its CONNACK refused the client
 *   -ETIMEDOUT               CONNACK or PINGRESP did not come, or a packet could not be sent in time
 *   -EINVAL                  it sent a packet that cannot be read (MQTT 5.0's malformed packet)
 *   -EBADMSG                 it broke the protocol otherwise
 *   -EPROTO                  it broke that of WebSockets, or sent text over one
 *   -ENOMEM                  it sent a packet that does not fit rx_buf_size or maximum_packet_size; payloads need not fit
 *   -ENOTCONN                also: a function was called without a connection, or before CONNACK; no event comes then.
 *                            What needs no CONNACK: mqtt_input, mqtt_live, mqtt_disconnect, mqtt_abort, mqtt_auth, reading
 *                            a payload (there is none: 0), and mqtt_publish_qos2_complete, which has no effect
 *   -EINVAL                  also: an argument is NULL or cannot be sent; nothing was sent, and the connection goes on
 *
 * Unlike Zephyr, PINGRESP is supervised, what the broker sends is held to the protocol, one mqtt_input takes all packets that
 * have come, and everything of MQTT 5.0 is there whether CONFIG_MQTT_VERSION_5_0 is defined or not.
 *
 * As in Zephyr the messages are the program's: the library sends none again after a reconnect, and knows nothing of a
 * connection before. A program that goes on with a session (clean_session 0) keeps what was not acknowledged, and publishes it
 * again with dup_flag and the message_id that it had.
 */
#ifndef WESTWIND_ZEPHYR_NET_MQTT_H
#define WESTWIND_ZEPHYR_NET_MQTT_H

#pragma GCC system_header /* as net_ip.h */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <zephyr/net/net_ip.h>
#include <zephyr/net/tls_credentials.h>
#include <zephyr/net/websocket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* User properties, and subscription identifiers, that the structures have room for; of those received, more are left out. They
 * are the library's, and cannot be set. */
#define CONFIG_MQTT_USER_PROPERTIES_MAX 8
#define CONFIG_MQTT_SUBSCRIPTION_ID_PROPERTIES_MAX 4

enum mqtt_evt_type {
  /* The broker's answer to CONNECT. `result` is 0, or its return code where it refuses; DISCONNECT follows then. */
  MQTT_EVT_CONNACK,
  /* The connection is over, and all that belonged to it is free: `result` is 0 where mqtt_disconnect asked for it,
   * -ECONNABORTED where mqtt_abort did, else why. In MQTT 5.0 param.disconnect has what the broker's DISCONNECT said. */
  MQTT_EVT_DISCONNECT,
  /* A message. param.publish.message.payload.len says how long its payload is, which is to be read by
   * mqtt_read_publish_payload, during the event or after it; until then nothing else is received. */
  MQTT_EVT_PUBLISH,
  /* A message of QoS 1 has arrived; or, in MQTT 5.0 with a reason_code from 128 on, it was refused. */
  MQTT_EVT_PUBACK,
  /* The same of QoS 2. PUBREL has been sent. */
  MQTT_EVT_PUBREC,
  /* The broker releases a message of QoS 2 that came here. PUBCOMP has been sent. */
  MQTT_EVT_PUBREL,
  /* A message of QoS 2 is done. */
  MQTT_EVT_PUBCOMP,
  MQTT_EVT_SUBACK,
  MQTT_EVT_UNSUBACK,
  MQTT_EVT_PINGRESP,
  /* The broker's step in an authentication: answer with mqtt_auth. MQTT 5.0. */
  MQTT_EVT_AUTH
};

enum mqtt_version {
  /* Not spoken: mqtt_connect says -ENOTSUP. */
  MQTT_VERSION_3_1_0 = 3,
  MQTT_VERSION_3_1_1 = 4,
  MQTT_VERSION_5_0 = 5
};

enum mqtt_qos {
  MQTT_QOS_0_AT_MOST_ONCE = 0,
  MQTT_QOS_1_AT_LEAST_ONCE = 1,
  MQTT_QOS_2_EXACTLY_ONCE = 2
};

/* CONNACK's return codes in 3.1.1 (3.1.1 3.2.2.3). */
enum mqtt_conn_return_code {
  MQTT_CONNECTION_ACCEPTED = 0,
  MQTT_UNACCEPTABLE_PROTOCOL_VERSION = 1,
  MQTT_IDENTIFIER_REJECTED = 2,
  MQTT_SERVER_UNAVAILABLE = 3,
  MQTT_BAD_USER_NAME_OR_PASSWORD = 4,
  MQTT_NOT_AUTHORIZED = 5
};

/* CONNACK's reason codes in MQTT 5.0 (3.2.2.2). */
enum mqtt_connect_reason_code {
  MQTT_CONNECT_SUCCESS = 0,
  MQTT_CONNECT_UNSPECIFIED_ERROR = 128,
  MQTT_CONNECT_MALFORMED_PACKET = 129,
  MQTT_CONNECT_PROTOCOL_ERROR = 130,
  MQTT_CONNECT_IMPL_SPECIFIC_ERROR = 131,
  MQTT_CONNECT_UNSUPPORTED_PROTO_ERROR = 132,
  MQTT_CONNECT_CLIENT_ID_NOT_VALID = 133,
  MQTT_CONNECT_BAD_USERNAME_OR_PASS = 134,
  MQTT_CONNECT_NOT_AUTHORIZED = 135,
  MQTT_CONNECT_SERVER_UNAVAILABLE = 136,
  MQTT_CONNECT_SERVER_BUSY = 137,
  MQTT_CONNECT_BANNED = 138,
  MQTT_CONNECT_BAD_AUTH_METHOD = 140,
  MQTT_CONNECT_TOPIC_NAME_INVALID = 144,
  MQTT_CONNECT_PACKET_TOO_LARGE = 149,
  MQTT_CONNECT_QUOTA_EXCEEDED = 151,
  MQTT_CONNECT_PAYLOAD_FORMAT_INVALID = 153,
  MQTT_CONNECT_RETAIN_NOT_SUPPORTED = 154,
  MQTT_CONNECT_QOS_NOT_SUPPORTED = 155,
  MQTT_CONNECT_USE_ANOTHER_SERVER = 156,
  MQTT_CONNECT_SERVER_MOVED = 157,
  MQTT_CONNECT_CONNECTION_RATE_EXCEEDED = 159
};

enum mqtt_suback_return_code {
  MQTT_SUBACK_SUCCESS_QoS_0 = 0x00,
  MQTT_SUBACK_SUCCESS_QoS_1 = 0x01,
  MQTT_SUBACK_SUCCESS_QoS_2 = 0x02,
  MQTT_SUBACK_FAILURE = 0x80
};

/* DISCONNECT's reason codes in MQTT 5.0 (3.14.2.1). */
enum mqtt_disconnect_reason {
  MQTT_DISCONNECT_NORMAL = 0,
  MQTT_DISCONNECT_WITH_WILL_MSG = 4,
  MQTT_DISCONNECT_UNSPECIFIED_ERROR = 128,
  MQTT_DISCONNECT_MALFORMED_PACKET = 129,
  MQTT_DISCONNECT_PROTOCOL_ERROR = 130,
  MQTT_DISCONNECT_IMPL_SPECIFIC_ERROR = 131,
  MQTT_DISCONNECT_NOT_AUTHORIZED = 135,
  MQTT_DISCONNECT_SERVER_BUSY = 137,
  MQTT_DISCONNECT_SERVER_SHUTTING_DOWN = 139,
  MQTT_DISCONNECT_KEEP_ALIVE_TIMEOUT = 141,
  MQTT_DISCONNECT_SESSION_TAKE_OVER = 142,
  MQTT_DISCONNECT_TOPIC_FILTER_INVALID = 143,
  MQTT_DISCONNECT_TOPIC_NAME_INVALID = 144,
  MQTT_DISCONNECT_RECV_MAX_EXCEEDED = 147,
  MQTT_DISCONNECT_TOPIC_ALIAS_INVALID = 148,
  MQTT_DISCONNECT_PACKET_TOO_LARGE = 149,
  MQTT_DISCONNECT_MESSAGE_RATE_TOO_HIGH = 150,
  MQTT_DISCONNECT_QUOTA_EXCEEDED = 151,
  MQTT_DISCONNECT_ADMIN_ACTION = 152,
  MQTT_DISCONNECT_PAYLOAD_FORMAT_INVALID = 153,
  MQTT_DISCONNECT_RETAIN_NOT_SUPPORTED = 154,
  MQTT_DISCONNECT_QOS_NOT_SUPPORTED = 155,
  MQTT_DISCONNECT_USE_ANOTHER_SERVER = 156,
  MQTT_DISCONNECT_SERVER_MOVED = 157,
  MQTT_DISCONNECT_SHARED_SUB_NOT_SUPPORTED = 158,
  MQTT_DISCONNECT_CONNECTION_RATE_EXCEEDED = 159,
  MQTT_DISCONNECT_MAX_CONNECT_TIME = 160,
  MQTT_DISCONNECT_SUB_ID_NOT_SUPPORTED = 161,
  MQTT_DISCONNECT_WILDCARD_SUB_NOT_SUPPORTED = 162
};

/* AUTH's reason codes (MQTT 5.0 3.15.2.1). */
enum mqtt_auth_reason {
  MQTT_AUTH_SUCCESS = 0,
  MQTT_AUTH_CONTINUE_AUTHENTICATION = 24,
  MQTT_AUTH_RE_AUTHENTICATE = 25
};

/* Text in UTF-8, 65535 bytes at most. Size 0 is none, where a property is meant. */
struct mqtt_utf8 {
  const uint8_t *utf8;
  uint32_t size;
};

/* The text of a literal: struct mqtt_utf8 name = MQTT_UTF8_LITERAL("me"); */
#define MQTT_UTF8_LITERAL(literal) ((struct mqtt_utf8){(const uint8_t *)(literal), sizeof(literal) - 1})

/* Bytes. */
struct mqtt_binstr {
  uint8_t *data;
  uint32_t len;
};

/* A topic to publish to, or a filter to subscribe to. */
struct mqtt_topic {
  struct mqtt_utf8 topic;
  uint8_t qos;
};

/* A user property. One with an empty name is passed over. */
struct mqtt_utf8_pair {
  struct mqtt_utf8 name;
  struct mqtt_utf8 value;
};

struct mqtt_publish_message {
  struct mqtt_topic topic;
  struct mqtt_binstr payload;
};

/* All pointers of an event are valid during the callback. Fields `prop` and `rx` are of MQTT 5.0: rx says which properties the
 * packet had. */

struct mqtt_connack_param {
  uint8_t session_present_flag;
  /* enum mqtt_conn_return_code, or enum mqtt_connect_reason_code in MQTT 5.0 */
  uint8_t return_code;
  struct {
    struct mqtt_utf8_pair user_prop[CONFIG_MQTT_USER_PROPERTIES_MAX];
    struct mqtt_utf8 assigned_client_id;
    struct mqtt_utf8 reason_string;
    struct mqtt_utf8 response_information;
    struct mqtt_utf8 server_reference;
    struct mqtt_utf8 auth_method;
    struct mqtt_binstr auth_data;
    uint32_t session_expiry_interval;
    uint32_t maximum_packet_size;
    uint16_t receive_maximum;
    uint16_t topic_alias_maximum;
    uint16_t server_keep_alive;
    uint8_t maximum_qos;
    uint8_t retain_available;
    uint8_t wildcard_sub_available;
    uint8_t subscription_ids_available;
    uint8_t shared_sub_available;
    struct {
      bool has_session_expiry_interval;
      bool has_receive_maximum;
      bool has_maximum_qos;
      bool has_retain_available;
      bool has_maximum_packet_size;
      bool has_assigned_client_id;
      bool has_topic_alias_maximum;
      bool has_reason_string;
      bool has_user_prop;
      bool has_wildcard_sub_available;
      bool has_subscription_ids_available;
      bool has_shared_sub_available;
      bool has_server_keep_alive;
      bool has_response_information;
      bool has_server_reference;
      bool has_auth_method;
      bool has_auth_data;
    } rx;
  } prop;
};

struct mqtt_common_ack_properties {
  struct mqtt_utf8_pair user_prop[CONFIG_MQTT_USER_PROPERTIES_MAX];
  struct mqtt_utf8 reason_string;
  struct {
    bool has_reason_string;
    bool has_user_prop;
  } rx;
};

struct mqtt_puback_param {
  uint16_t message_id;
  uint8_t reason_code;
  struct mqtt_common_ack_properties prop;
};

struct mqtt_pubrec_param {
  uint16_t message_id;
  uint8_t reason_code;
  struct mqtt_common_ack_properties prop;
};

struct mqtt_pubrel_param {
  uint16_t message_id;
  uint8_t reason_code;
  struct mqtt_common_ack_properties prop;
};

struct mqtt_pubcomp_param {
  uint16_t message_id;
  uint8_t reason_code;
  struct mqtt_common_ack_properties prop;
};

struct mqtt_suback_param {
  uint16_t message_id;
  /* One for each topic of the list: the QoS granted, or from 0x80 on why not. */
  struct mqtt_binstr return_codes;
  struct mqtt_common_ack_properties prop;
};

struct mqtt_unsuback_param {
  uint16_t message_id;
  /* One for each topic of the list; none in 3.1.1. */
  struct mqtt_binstr reason_codes;
  struct mqtt_common_ack_properties prop;
};

struct mqtt_publish_param {
  /* Received: the payload's `data` is NULL. */
  struct mqtt_publish_message message;
  /* The packet identifier of QoS 1 and 2, which the program chooses. The library needs 24 bytes for each number up to it. */
  uint16_t message_id;
  uint8_t dup_flag : 1;
  uint8_t retain_flag : 1;
  struct {
    struct mqtt_utf8_pair user_prop[CONFIG_MQTT_USER_PROPERTIES_MAX];
    struct mqtt_utf8 response_topic;
    struct mqtt_binstr correlation_data;
    struct mqtt_utf8 content_type;
    /* Received only. */
    uint32_t subscription_identifier[CONFIG_MQTT_SUBSCRIPTION_ID_PROPERTIES_MAX];
    uint32_t message_expiry_interval;
    uint16_t topic_alias;
    uint8_t payload_format_indicator;
    struct {
      bool has_payload_format_indicator;
      bool has_message_expiry_interval;
      bool has_topic_alias;
      bool has_response_topic;
      bool has_correlation_data;
      bool has_user_prop;
      bool has_subscription_identifier;
      bool has_content_type;
    } rx;
  } prop;
};

struct mqtt_subscription_list {
  struct mqtt_topic *list;
  uint16_t list_count;
  uint16_t message_id;
  struct {
    struct mqtt_utf8_pair user_prop[CONFIG_MQTT_USER_PROPERTIES_MAX];
    /* 0: none. Left aside by mqtt_unsubscribe. */
    uint32_t subscription_identifier;
  } prop;
};

struct mqtt_disconnect_param {
  enum mqtt_disconnect_reason reason_code;
  struct {
    struct mqtt_utf8_pair user_prop[CONFIG_MQTT_USER_PROPERTIES_MAX];
    struct mqtt_utf8 reason_string;
    /* Received only. */
    struct mqtt_utf8 server_reference;
    /* Sent only, since the protocol lets no broker say it, so that its rx field is false. 0: as CONNECT said. */
    uint32_t session_expiry_interval;
    struct {
      bool has_session_expiry_interval;
      bool has_reason_string;
      bool has_user_prop;
      bool has_server_reference;
    } rx;
  } prop;
};

struct mqtt_auth_param {
  enum mqtt_auth_reason reason_code;
  struct {
    struct mqtt_utf8_pair user_prop[CONFIG_MQTT_USER_PROPERTIES_MAX];
    struct mqtt_utf8 auth_method;
    struct mqtt_binstr auth_data;
    struct mqtt_utf8 reason_string;
    struct {
      bool has_auth_method;
      bool has_auth_data;
      bool has_reason_string;
      bool has_user_prop;
    } rx;
  } prop;
};

union mqtt_evt_param {
  struct mqtt_connack_param connack;
  struct mqtt_publish_param publish;
  struct mqtt_puback_param puback;
  struct mqtt_pubrec_param pubrec;
  struct mqtt_pubrel_param pubrel;
  struct mqtt_pubcomp_param pubcomp;
  struct mqtt_suback_param suback;
  struct mqtt_unsuback_param unsuback;
  struct mqtt_disconnect_param disconnect;
  struct mqtt_auth_param auth;
};

struct mqtt_evt {
  enum mqtt_evt_type type;
  union mqtt_evt_param param;
  int result;
};

struct mqtt_client;

typedef void (*mqtt_evt_cb_t)(struct mqtt_client *client, const struct mqtt_evt *evt);

/* How TLS is spoken. */
struct mqtt_sec_config {
  /* TLS_PEER_VERIFY_*; mqtt_client_init leaves it at none. Optional is as none, since nothing tells the result. */
  int peer_verify;
  uint32_t cipher_count;
  /* As TLS_CIPHERSUITE_LIST; or NULL. */
  const int *cipher_list;
  uint32_t sec_tag_count;
  /* As TLS_SEC_TAG_LIST; or NULL. */
  const sec_tag_t *sec_tag_list;
  /* As TLS_ALPN_LIST; or NULL. */
  const char **alpn_protocol_name_list;
  uint32_t alpn_protocol_name_count;
  /* The name that the broker has to prove. NULL: its IP address, where the peer is verified. An empty one is refused then
   * (-EINVAL): it would verify nothing. */
  const char *hostname;
  /* TLS_CERT_NOCOPY_*. Left aside: credentials are copied when they are added. */
  int cert_nocopy;
  /* Left aside: there is no other TLS. */
  bool set_native_tls;
  /* TLS_SESSION_CACHE_*. Left aside: no session is kept. */
  int session_cache;
  /* As WESTWIND_TLS_PINS; or NULL. Zephyr has no such member. */
  const char *pins;
};

enum mqtt_transport_type {
  MQTT_TRANSPORT_NON_SECURE,
  MQTT_TRANSPORT_SECURE,
  MQTT_TRANSPORT_NON_SECURE_WEBSOCKET,
  MQTT_TRANSPORT_SECURE_WEBSOCKET,
  MQTT_TRANSPORT_CUSTOM,
  MQTT_TRANSPORT_NUM
};

struct mqtt_transport {
  enum mqtt_transport_type type;
  /* The interface to go out on. Not supported: mqtt_connect says -ENOTSUP where it is not NULL. */
  const char *if_name;
  /* `sock`, set by mqtt_connect, is what to poll for input. zsock_poll says that it is readable when bytes of MQTT have come,
   * also where they wait in a buffer, or when time asks for mqtt_input; the kernel's poll also for what is TLS's or the
   * WebSocket's alone, a session ticket or a PING, which mqtt_input then takes in. Socket options, names and zsock_shutdown
   * are those of the socket below; SO_SNDTIMEO bounds writing, and SO_RCVTIMEO the reading of a payload that waits. Nothing
   * can be sent or received on it (EOPNOTSUPP); zsock_close ends the connection, which the next mqtt_input tells. With a
   * custom transport it is what that one sets, as is websocket.sock. */
  union {
    struct {
      int sock;
    } tcp;
    struct {
      int sock;
      struct mqtt_sec_config config;
    } tls;
  };
  struct {
    /* `host` NULL is "localhost", `url` NULL is "/mqtt". The subprotocol mqtt is offered without a header for it; those of a
     * line Sec-WebSocket-Protocol in optional_headers are offered besides, and the broker has to choose one. Unlike Zephyr,
     * optional_headers are sent, and tmp_buf may be NULL. A line Sec-WebSocket-Protocol that optional_headers_cb sends itself,
     * as it has to in Zephyr, is the offer: the library sends none then. */
    struct websocket_request config;
    /* As tcp.sock. */
    int sock;
    /* Milliseconds for connecting, TLS and handshake; SYS_FOREVER_MS is without end. Unlike Zephyr, 0 is the library's
     * WEBSOCKET_CONNECT_TIMEOUT_MS. */
    int32_t timeout;
  } websocket;
  void *custom_transport_data;
  /* See mqtt_client_set_proxy. */
  struct {
    struct sockaddr_storage addr;
    socklen_t addrlen;
  } proxy;
};

/* The library's own; set by mqtt_client_init. */
struct mqtt_internal {
  pthread_mutex_t mutex;
  /* What there is of a connection; NULL without one. */
  void *connection;
};

/* Give it to mqtt_client_init before anything else, also before a function that is to fail: without its mutex no call works.
 *
 * All that is pointed to stays the program's: broker, texts, will and TLS lists until mqtt_connect has returned,
 * websocket.config.tmp_buf as long as the connection. The structure itself may not be moved or freed while connected. */
struct mqtt_client {
  struct mqtt_internal internal;
  struct mqtt_transport transport;
  /* Size 0 is allowed with clean_session, and in MQTT 5.0: the broker gives one. `utf8` may not be NULL. */
  struct mqtt_utf8 client_id;
  /* A struct sockaddr_in or sockaddr_in6. Left aside by a custom transport. */
  const void *broker;
  struct mqtt_utf8 *user_name;
  struct mqtt_utf8 *password;
  struct {
    struct mqtt_utf8_pair user_prop[CONFIG_MQTT_USER_PROPERTIES_MAX];
    struct mqtt_utf8 content_type;
    struct mqtt_utf8 response_topic;
    struct mqtt_binstr correlation_data;
    uint32_t will_delay_interval;
    uint32_t message_expiry_interval;
    uint8_t payload_format_indicator;
  } will_prop;
  struct mqtt_topic *will_topic;
  /* NULL is an empty one. */
  struct mqtt_utf8 *will_message;
  mqtt_evt_cb_t evt_cb;
  /* Not written to: rx_buf_size is how large a packet may be without the payload of PUBLISH, 64 bytes at least. */
  uint8_t *rx_buf;
  uint32_t rx_buf_size;
  /* Not written to. */
  uint8_t *tx_buf;
  uint32_t tx_buf_size;
  /* Seconds; 0 is none. */
  uint16_t keepalive;
  /* enum mqtt_version */
  uint8_t protocol_version;
  /* PINGREQs, whichever function sent them, less one for each PINGRESP; never below 0. Set by the library, which ends the
   * connection without looking at it. */
  int8_t unacked_ping;
  struct {
    struct mqtt_utf8_pair user_prop[CONFIG_MQTT_USER_PROPERTIES_MAX];
    struct mqtt_utf8 auth_method;
    struct mqtt_binstr auth_data;
    uint32_t session_expiry_interval;
    /* 0: as large as a packet can be. */
    uint32_t maximum_packet_size;
    /* Messages of QoS 1 and 2 that may be unanswered here. 0: the library's MQTT_INCOMING_MAX. */
    uint16_t receive_maximum;
    bool request_response_info;
    /* mqtt_client_init sets it. */
    bool request_problem_info;
  } prop;
  uint8_t will_retain : 1;
  uint8_t clean_session : 1;
  void *user_data;
};

/* Makes a client ready to be filled in: all is zero, but for protocol_version, keepalive and clean_session, which are as the
 * library was configured. Not for one that is connected, or that a call is in: its callback, say. */
void mqtt_client_init(struct mqtt_client *client);

/* Has the client go through a SOCKS 5 proxy, on every transport but a custom one; as in Zephyr without a login. addr is an IPv4 or
 * IPv6 address, which is copied.
 *
 * Returns 0; -EINVAL for another address. */
int mqtt_client_set_proxy(struct mqtt_client *client, WESTWIND_ADDRESS proxy_addr, socklen_t addrlen);

/* Connects and sends CONNECT. It waits until that has been done, for the library's WEBSOCKET_CONNECT_TIMEOUT_MS at most, or over
 * a WebSocket for transport.websocket.timeout; but not for CONNACK, which comes as an event.
 *
 * No event comes where it fails, and nothing is left open:
 *   -EINVAL        client or client_id.utf8 is NULL, broker is NULL or of another family, or CONNECT could not be sent so
 *   -ENOMEM        rx_buf or tx_buf is NULL, or its size is 0
 *   -EISCONN       there is a connection (Zephyr would lose it)
 *   -ENOENT        over a WebSocket: as many are open as WEBSOCKET_MAX_CONTEXTS allows
 *   -EMFILE, -ENFILE  the process, or the system, has no free descriptor
 *   -ENOTSUP       the library was built without this transport, or cannot do what is asked (3.1.0, if_name)
 *   -ECONNREFUSED, -ETIMEDOUT ...  as connect
 *   -ECONNABORTED  the broker's certificate was refused; the WebSocket's handshake failed, or chose no subprotocol; the proxy
 *                  wants a login, or does not reach the broker
 *   -EPROTO        TLS failed otherwise
 *   what the websocket_request's cb, or a custom transport, returned */
int mqtt_connect(struct mqtt_client *client);

/* Publishes a message. The payload is read during the call only.
 *
 *   -EAGAIN    as many messages of QoS 1 and 2 are unanswered as the broker takes (its receive maximum; 20 in 3.1.1): call
 *              mqtt_input until one is
 *   -EINVAL    also: message_id is 0, or that of an unanswered packet
 *   -EMSGSIZE  the broker takes no packet of this size
 *   -ENOTSUP   the broker does not take this QoS, or no retained messages */
int mqtt_publish(struct mqtt_client *client, const struct mqtt_publish_param *param);

/* Answers a message of QoS 1, with PUBACK. It may be called in the event, and later; where the payload has not been read, PUBACK
 * leaves with its last byte.
 *
 *   -EINVAL  also: there is no such message, or another is to be answered first ([MQTT-4.6.0-2]) */
int mqtt_publish_qos1_ack(struct mqtt_client *client, const struct mqtt_puback_param *param);

/* Answers a message of QoS 2, with PUBREC; otherwise as mqtt_publish_qos1_ack. */
int mqtt_publish_qos2_receive(struct mqtt_client *client, const struct mqtt_pubrec_param *param);

/* Sends PUBREL; for MQTT_EVT_PUBREC, where it has no effect, since PUBREL has been sent, and to go on with a message whose
 * PUBREC came on a connection before. */
int mqtt_publish_qos2_release(struct mqtt_client *client, const struct mqtt_pubrel_param *param);

/* For MQTT_EVT_PUBREL. It has no effect: PUBCOMP has been sent. */
int mqtt_publish_qos2_complete(struct mqtt_client *client, const struct mqtt_pubcomp_param *param);

/* Subscribes to the list's topic filters, each with its QoS, in one packet. Codes as of mqtt_publish. */
int mqtt_subscribe(struct mqtt_client *client, const struct mqtt_subscription_list *param);

/* Ends the subscriptions of the list. */
int mqtt_unsubscribe(struct mqtt_client *client, const struct mqtt_subscription_list *param);

/* Sends PINGREQ. */
int mqtt_ping(struct mqtt_client *client);

/* Sends PINGREQ where that is due; so does mqtt_input.
 *
 *   -EAGAIN  nothing was due */
int mqtt_live(struct mqtt_client *client);

/* Milliseconds until something is due; 0 where it is, -1 where there is no keep alive, or no connection. Until CONNACK has come
 * it is the time left for that. */
int mqtt_keepalive_time_left(const struct mqtt_client *client);

/* Takes all that has come, and does what is due. It does not wait.
 *
 * Returns 0, also where there was nothing; or
 *   -EBUSY  the payload of the message before is still to be read; or it was called in the callback */
int mqtt_input(struct mqtt_client *client);

/* Reads of the payload of the message that came last, without waiting.
 *
 * Returns the bytes read; 0 where none are left; or
 *   -EAGAIN  none have come yet
 *   -EINVAL  also: length is 0, since 0 would say that none are left */
int mqtt_read_publish_payload(struct mqtt_client *client, void *buffer, size_t length);

/* The same, but waits for the first byte. */
int mqtt_read_publish_payload_blocking(struct mqtt_client *client, void *buffer, size_t length);

/* Reads exactly `length` bytes, and waits for them; none where it is 0.
 *
 * Returns 0; or
 *   -EIO  the payload has less */
int mqtt_readall_publish_payload(struct mqtt_client *client, uint8_t *buffer, size_t length);

/* Sends DISCONNECT, waits until the broker closes its side, for the library's WEBSOCKET_CLOSE_TIMEOUT_MS at most, and closes.
 * The event comes with result 0.
 *
 * param  what to say in MQTT 5.0; or NULL. It may be left out, as in Zephyr to 4.1, which has no such parameter.
 *
 *   -EINVAL  also: it cannot be sent so; the connection goes on */
#ifdef __cplusplus
int mqtt_disconnect(struct mqtt_client *client, const struct mqtt_disconnect_param *param = NULL);
#else
int mqtt_disconnect(struct mqtt_client *client, const struct mqtt_disconnect_param *param);
/* The function itself, and what of one argument or two is the second. */
#define mqtt_disconnect(...) WESTWIND_MQTT_DISCONNECT(__VA_ARGS__, NULL, 0)
#define WESTWIND_MQTT_DISCONNECT(client, param, ...) mqtt_disconnect(client, param)
#endif

/* Closes without a word, so that the broker publishes the will. Returns 0, also where there is no connection. */
int mqtt_abort(struct mqtt_client *client);

/* Sends AUTH: the answer to the broker's, or the beginning of another authentication.
 *
 *   -ENOTSUP  the client does not speak MQTT 5.0
 *   -EPROTO   it is not this side's turn, or CONNECT had no auth_method, or another */
int mqtt_auth(struct mqtt_client *client, const struct mqtt_auth_param *param);

/* What a program defines that uses MQTT_TRANSPORT_CUSTOM; without them mqtt_connect says -ENOTSUP. They are found when the
 * program is linked, and are called on the thread that calls the client. Errors are negative errnos.
 *
 * connect    opens the way to the broker. It may set transport.tcp.sock to a descriptor that polls readable when there is
 *            something to read; where it leaves it at -1 the program has to know otherwise when to call mqtt_input.
 * write      writes all of the data, or fails.
 * write_msg  the same for data in parts.
 * read       reads up to buflen bytes: their number, 0 at the end of the stream, -EAGAIN where nothing has come and shall_block
 *            is false. A number above buflen ends the connection with -EIO.
 * disconnect closes what connect opened. */
int mqtt_client_custom_transport_connect(struct mqtt_client *client);
int mqtt_client_custom_transport_write(struct mqtt_client *client, const uint8_t *data, uint32_t datalen);
int mqtt_client_custom_transport_write_msg(struct mqtt_client *client, const struct msghdr *message);
int mqtt_client_custom_transport_read(struct mqtt_client *client, uint8_t *data, uint32_t buflen, bool shall_block);
int mqtt_client_custom_transport_disconnect(struct mqtt_client *client);

#ifdef __cplusplus
}
#endif

#endif
