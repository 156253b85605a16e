/* The headers' numbers and structures are Zephyr's; nothing is run. */
#include <zephyr/net/mqtt.h>
#include <zephyr/net/websocket.h>
#include <zephyr/net/tls_credentials.h>
#include <zephyr/net/socket.h>
#include <zephyr/net/net_ip.h>
#include <zephyr/net/http/parser.h>
#include <zephyr/net/http/client.h>
#include <westwind.h>

#ifdef __cplusplus
#define IS(a, b) static_assert((a) == (b), #a)
#else
#define IS(a, b) _Static_assert((a) == (b), #a)
#endif

IS(WEBSOCKET_FLAG_FINAL, 0x01);
IS(WEBSOCKET_FLAG_TEXT, 0x02);
IS(WEBSOCKET_FLAG_BINARY, 0x04);
IS(WEBSOCKET_FLAG_CLOSE, 0x08);
IS(WEBSOCKET_FLAG_PING, 0x10);
IS(WEBSOCKET_FLAG_PONG, 0x20);
IS(WEBSOCKET_OPCODE_CONTINUE, 0x0);
IS(WEBSOCKET_OPCODE_DATA_TEXT, 0x1);
IS(WEBSOCKET_OPCODE_DATA_BINARY, 0x2);
IS(WEBSOCKET_OPCODE_CLOSE, 0x8);
IS(WEBSOCKET_OPCODE_PING, 0x9);
IS(WEBSOCKET_OPCODE_PONG, 0xA);
IS(SYS_FOREVER_MS, -1);
IS(SOL_TLS, 282);
IS(TLS_SEC_TAG_LIST, 1);
IS(TLS_HOSTNAME, 2);
IS(TLS_CIPHERSUITE_LIST, 3);
IS(TLS_CIPHERSUITE_USED, 4);
IS(TLS_PEER_VERIFY, 5);
IS(TLS_DTLS_ROLE, 6);
IS(TLS_ALPN_LIST, 7);
IS(TLS_DTLS_HANDSHAKE_TIMEOUT_MIN, 8);
IS(TLS_DTLS_HANDSHAKE_TIMEOUT_MAX, 9);
IS(TLS_CERT_NOCOPY, 10);
IS(TLS_NATIVE, 11);
IS(TLS_SESSION_CACHE, 12);
IS(TLS_SESSION_CACHE_PURGE, 13);
IS(TLS_DTLS_CID, 14);
IS(TLS_DTLS_CID_STATUS, 15);
IS(TLS_DTLS_CID_VALUE, 16);
IS(TLS_DTLS_PEER_CID_VALUE, 17);
IS(TLS_DTLS_HANDSHAKE_ON_CONNECT, 18);
IS(TLS_CERT_VERIFY_RESULT, 19);
IS(TLS_CERT_VERIFY_CALLBACK, 20);
IS(TLS_CERT_NOCOPY_NONE, 0);
IS(TLS_CERT_NOCOPY_OPTIONAL, 1);
IS(TLS_DTLS_ROLE_CLIENT, 0);
IS(TLS_DTLS_ROLE_SERVER, 1);
IS(ZSOCK_TLS_CERT_NOCOPY_OPTIONAL, 1);
IS(ZSOCK_TLS_CERT_VERIFY_CALLBACK, 20);
IS(TLS_PEER_VERIFY_NONE, 0);
IS(TLS_PEER_VERIFY_OPTIONAL, 1);
IS(TLS_PEER_VERIFY_REQUIRED, 2);
IS(TLS_SESSION_CACHE_DISABLED, 0);
IS(TLS_SESSION_CACHE_ENABLED, 1);
IS(TLS_CREDENTIAL_NONE, 0);
IS(TLS_CREDENTIAL_CA_CERTIFICATE, 1);
IS(TLS_CREDENTIAL_SERVER_CERTIFICATE, 2);
IS(TLS_CREDENTIAL_PRIVATE_KEY, 3);
IS(TLS_CREDENTIAL_PSK, 4);
IS(TLS_CREDENTIAL_PSK_ID, 5);
IS(IPPROTO_TLS_1_2, 258);
IS(IPPROTO_TLS_1_3, 259);
IS(MQTT_EVT_CONNACK, 0);
IS(MQTT_EVT_DISCONNECT, 1);
IS(MQTT_EVT_PUBLISH, 2);
IS(MQTT_EVT_PUBACK, 3);
IS(MQTT_EVT_PUBREC, 4);
IS(MQTT_EVT_PUBREL, 5);
IS(MQTT_EVT_PUBCOMP, 6);
IS(MQTT_EVT_SUBACK, 7);
IS(MQTT_EVT_UNSUBACK, 8);
IS(MQTT_EVT_PINGRESP, 9);
IS(MQTT_EVT_AUTH, 10);
IS(MQTT_VERSION_3_1_0, 3);
IS(MQTT_VERSION_3_1_1, 4);
IS(MQTT_VERSION_5_0, 5);
IS(MQTT_QOS_0_AT_MOST_ONCE, 0);
IS(MQTT_QOS_1_AT_LEAST_ONCE, 1);
IS(MQTT_QOS_2_EXACTLY_ONCE, 2);
IS(MQTT_CONNECTION_ACCEPTED, 0);
IS(MQTT_UNACCEPTABLE_PROTOCOL_VERSION, 1);
IS(MQTT_IDENTIFIER_REJECTED, 2);
IS(MQTT_SERVER_UNAVAILABLE, 3);
IS(MQTT_BAD_USER_NAME_OR_PASSWORD, 4);
IS(MQTT_NOT_AUTHORIZED, 5);
IS(MQTT_SUBACK_SUCCESS_QoS_0, 0);
IS(MQTT_SUBACK_SUCCESS_QoS_1, 1);
IS(MQTT_SUBACK_SUCCESS_QoS_2, 2);
IS(MQTT_SUBACK_FAILURE, 0x80);
IS(MQTT_TRANSPORT_NON_SECURE, 0);
IS(MQTT_TRANSPORT_SECURE, 1);
IS(MQTT_TRANSPORT_NON_SECURE_WEBSOCKET, 2);
IS(MQTT_TRANSPORT_SECURE_WEBSOCKET, 3);
IS(MQTT_TRANSPORT_CUSTOM, 4);
IS(MQTT_TRANSPORT_NUM, 5);

/* Zephyr's own numbers, which here have to be Linux's too. */
IS(ZSOCK_POLLIN, POLLIN);
IS(ZSOCK_POLLPRI, POLLPRI);
IS(ZSOCK_POLLOUT, POLLOUT);
IS(ZSOCK_POLLERR, POLLERR);
IS(ZSOCK_POLLHUP, POLLHUP);
IS(ZSOCK_POLLNVAL, POLLNVAL);
IS(ZSOCK_MSG_PEEK, MSG_PEEK);
IS(ZSOCK_MSG_CTRUNC, MSG_CTRUNC);
IS(ZSOCK_MSG_TRUNC, MSG_TRUNC);
IS(ZSOCK_MSG_DONTWAIT, MSG_DONTWAIT);
IS(ZSOCK_MSG_WAITALL, MSG_WAITALL);
IS(ZSOCK_SHUT_RD, SHUT_RD);
IS(ZSOCK_SHUT_WR, SHUT_WR);
IS(ZSOCK_SHUT_RDWR, SHUT_RDWR);

/* The signatures. */
static int (*const connect_call)(int, struct websocket_request *, int32_t, void *) = websocket_connect;
static int (*const send_call)(int, const uint8_t *, size_t, enum websocket_opcode, bool, bool, int32_t) = websocket_send_msg;
static int (*const recv_call)(int, uint8_t *, size_t, uint32_t *, uint64_t *, int32_t) = websocket_recv_msg;
static int (*const disconnect_call)(int) = websocket_disconnect;
static int (*const register_call)(int, uint8_t *, size_t) = websocket_register;
static int (*const unregister_call)(int) = websocket_unregister;
static int (*const add_call)(sec_tag_t, enum tls_credential_type, const void *, size_t) = tls_credential_add;
static int (*const get_call)(sec_tag_t, enum tls_credential_type, void *, size_t *) = tls_credential_get;
static int (*const delete_call)(sec_tag_t, enum tls_credential_type) = tls_credential_delete;
static ssize_t (*const sendto_call)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) = zsock_sendto;
static ssize_t (*const recvfrom_call)(int, void *, size_t, int, struct sockaddr *, socklen_t *) = zsock_recvfrom;
static void (*const mqtt_init_call)(struct mqtt_client *) = mqtt_client_init;
static int (*const mqtt_calls[])(struct mqtt_client *) = {mqtt_connect, mqtt_ping, mqtt_live, mqtt_input, mqtt_abort};
static int (*const mqtt_publish_call)(struct mqtt_client *, const struct mqtt_publish_param *) = mqtt_publish;
static int (*const mqtt_ack_call)(struct mqtt_client *, const struct mqtt_puback_param *) = mqtt_publish_qos1_ack;
static int (*const mqtt_receive_call)(struct mqtt_client *, const struct mqtt_pubrec_param *) = mqtt_publish_qos2_receive;
static int (*const mqtt_release_call)(struct mqtt_client *, const struct mqtt_pubrel_param *) = mqtt_publish_qos2_release;
static int (*const mqtt_complete_call)(struct mqtt_client *, const struct mqtt_pubcomp_param *) = mqtt_publish_qos2_complete;
static int (*const mqtt_list_calls[])(struct mqtt_client *, const struct mqtt_subscription_list *) = {mqtt_subscribe,
                                                                                                     mqtt_unsubscribe};
static int (*const mqtt_disconnect_call)(struct mqtt_client *, const struct mqtt_disconnect_param *) = mqtt_disconnect;
static int (*const mqtt_auth_call)(struct mqtt_client *, const struct mqtt_auth_param *) = mqtt_auth;
static int (*const mqtt_time_call)(const struct mqtt_client *) = mqtt_keepalive_time_left;
static int (*const mqtt_read_calls[])(struct mqtt_client *, void *, size_t) = {mqtt_read_publish_payload,
                                                                               mqtt_read_publish_payload_blocking};
static int (*const mqtt_readall_call)(struct mqtt_client *, uint8_t *, size_t) = mqtt_readall_publish_payload;
static int (*const mqtt_proxy_call)(struct mqtt_client *, struct sockaddr *, socklen_t) = mqtt_client_set_proxy;
static int (*const poll_call)(struct zsock_pollfd *, int, int) = zsock_poll;

int main(void) {
  struct mqtt_sec_config config;
  config.cert_nocopy = TLS_CERT_NOCOPY_NONE;
  config.set_native_tls = true;
  config.session_cache = TLS_SESSION_CACHE_DISABLED;
  (void)config;
  struct http_parser_settings settings;
  http_cb notice = NULL;
  http_data_cb data = NULL;
  settings.on_message_begin = settings.on_headers_complete = settings.on_message_complete = notice;
  settings.on_chunk_header = settings.on_chunk_complete = notice;
  settings.on_url = settings.on_status = settings.on_header_field = settings.on_header_value = settings.on_body = data;
  (void)connect_call, (void)send_call, (void)recv_call, (void)disconnect_call, (void)register_call;
  (void)unregister_call, (void)add_call, (void)get_call, (void)delete_call;
  (void)mqtt_init_call, (void)mqtt_calls, (void)mqtt_publish_call, (void)mqtt_ack_call, (void)mqtt_receive_call;
  (void)mqtt_release_call, (void)mqtt_complete_call, (void)mqtt_list_calls, (void)mqtt_disconnect_call;
  (void)mqtt_auth_call, (void)mqtt_time_call, (void)mqtt_read_calls, (void)mqtt_readall_call, (void)mqtt_proxy_call;
  (void)sendto_call, (void)recvfrom_call, (void)poll_call;
  return settings.on_url != NULL;
}
