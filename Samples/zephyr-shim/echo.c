/* A program as one writes it for Zephyr: it connects to an echo server, and a thread receives what another sends.
 *
 *   cc -std=gnu11 -D_GNU_SOURCE -Iinclude echo.c $(pkg-config --cflags --libs westwind) -pthread -o echo
 *   ./echo 127.0.0.1:9001 20
 */
#include <zephyr/logging/log.h>
LOG_MODULE_REGISTER(echo, LOG_LEVEL_DBG);

#include <zephyr/kernel.h>
#include <zephyr/misc/lorem_ipsum.h>
#include <zephyr/net/net_ip.h>
#include <zephyr/net/socket.h>
#include <zephyr/net/websocket.h>
#include <zephyr/random/random.h>

static const char text[] = LOREM_IPSUM;
static int socket_below, ws = -1, received;
static bool is_over;
static size_t expected;

static K_MUTEX_DEFINE(lock);
static K_SEM_DEFINE(connected, 0, 1);
static K_SEM_DEFINE(echoed, 0, 1);
K_THREAD_STACK_DEFINE(ticker_stack, 512);
static struct k_thread ticker;

static int open_socket(const char *where) {
  struct net_sockaddr address;
  memset(&address, 0, sizeof address);
  if (!net_ipaddr_parse(where, strlen(where), &address)) return -EINVAL;
  LOG_INF("connecting to %s, by %s", where, net_family2str(address.sa_family));
  socket_below = zsock_socket(address.sa_family, NET_SOCK_STREAM, NET_IPPROTO_TCP);
  return zsock_connect(socket_below, &address, sizeof address) == 0 ? 0 : -errno;
}

/* Waits for the connection, and receives to its end. */
static void receive(void) {
  static uint8_t message[sizeof text];
  size_t count = 0;
  uint32_t type;
  uint64_t remaining;
  k_sem_take(&connected, K_FOREVER);
  for (;;) {
    int result = websocket_recv_msg(ws, message + count, sizeof message - count, &type, &remaining, SYS_FOREVER_MS);
    if (result < 0) break;
    count += (size_t)result;
    if (remaining > 0) continue;
    k_mutex_lock(&lock, K_FOREVER);
    if (count == expected && memcmp(message, text, count) == 0) received++;
    k_mutex_unlock(&lock);
    k_sem_give(&echoed);
    count = 0;
  }
}

K_THREAD_DEFINE(receiver, 2048, receive, NULL, NULL, NULL, K_PRIO_PREEMPT(8), 0, 0);

/* Says now and then how far it is. */
static void tick(void *rounds, void *unused, void *also_unused) {
  bool is_last = false;
  ARG_UNUSED(unused), ARG_UNUSED(also_unused);
  for (int last = -1; !is_last; k_msleep(10)) {
    k_mutex_lock(&lock, K_FOREVER);
    if (received != last && IS_ENABLED(CONFIG_LOG_DEBUG)) LOG_DBG("%d of %d echoes", received, *(int *)rounds);
    last = received;
    is_last = is_over;
    k_mutex_unlock(&lock);
  }
}

int main(int count, char **arguments) {
  int rounds = count > 2 ? atoi(arguments[2]) : 10, result = open_socket(count > 1 ? arguments[1] : "127.0.0.1:9001");
  if (result != 0) {
    LOG_ERR("no connection: %d", result);
    return 1;
  }
  static uint8_t memory[256];
  struct websocket_request request = {.host = "localhost", .url = "/", .tmp_buf = memory, .tmp_buf_len = sizeof memory};
  ws = websocket_connect(socket_below, &request, 3 * MSEC_PER_SEC, NULL);
  if (ws < 0) {
    LOG_ERR("no WebSocket: %d", ws);
    return 1;
  }
  k_sem_give(&connected);
  k_thread_create(&ticker, ticker_stack, K_THREAD_STACK_SIZEOF(ticker_stack), tick, &rounds, NULL, NULL, K_PRIO_COOP(1), 0,
                  K_NO_WAIT);
  int64_t start = k_uptime_get();
  for (int i = 0; i < rounds; i++) {
    k_mutex_lock(&lock, K_FOREVER);
    expected = 1 + sys_rand32_get() % (sizeof text - 1);
    k_mutex_unlock(&lock);
    websocket_send_msg(ws, (const uint8_t *)text, expected, WEBSOCKET_OPCODE_DATA_TEXT, true, true, SYS_FOREVER_MS);
    if (k_sem_take(&echoed, K_SECONDS(10)) != 0) break;
    k_sleep(K_MSEC(1));
  }
  LOG_INF("%d of %d after %" PRId64 " ms", received, rounds, k_uptime_get() - start);
  websocket_disconnect(ws);
  k_mutex_lock(&lock, K_FOREVER);
  is_over = true;
  k_mutex_unlock(&lock);
  k_thread_join(receiver, K_FOREVER);
  k_thread_join(&ticker, K_FOREVER);
  zsock_close(socket_below);
  printk("%d echoes\n", received);
  return received == rounds ? 0 : 1;
}
