/* The rate at which Paho's C library publishes, for comparison.
 *
 * Compiled twice: with MQTTAsync (-lpaho-mqtt3a), and with -DSYNCHRONOUS for MQTTClient (-lpaho-mqtt3c), which at QoS 0
 * writes each message in its call and so is the faster of the two there.
 *
 *   paho_bench URI TOPIC QOS COUNT SIZE WINDOW
 *
 * URI is tcp://127.0.0.1:PORT or ws://127.0.0.1:PORT/mqtt. Publishes COUNT messages of SIZE bytes in MQTT 3.1.1, at QoS
 * 1 with WINDOW of them unanswered at most, and prints `rate: N messages/s`: from the first call to the last answer, or
 * at QoS 0 to the moment at which the library says that it has sent the last one. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef SYNCHRONOUS
#include <MQTTClient.h>
#else
#include <MQTTAsync.h>
#endif

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what, int code) {
  fprintf(stderr, "paho_bench: %s: %d\n", what, code);
  exit(1);
}

struct plan {
  const char *topic;
  int qos;
  long count;
  int size;
  long window;
  char *payload;
};

#ifdef SYNCHRONOUS

static void ignore_lost(void *context, char *cause) {
  (void)context;
  fail(cause ? cause : "the connection is lost", 0);
}

static int ignore_message(void *context, char *topic, int length, MQTTClient_message *message) {
  (void)context;
  (void)length;
  MQTTClient_freeMessage(&message);
  MQTTClient_free(topic);
  return 1;
}

static double publish(const char *uri, struct plan *plan) {
  MQTTClient client;
  int code = MQTTClient_create(&client, uri, "paho-bench", MQTTCLIENT_PERSISTENCE_NONE, NULL);
  if (code) fail("create", code);
  MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer;
  options.MQTTVersion = MQTTVERSION_3_1_1;
  options.maxInflightMessages = (int)plan->window;
  /* with callbacks the library has a thread that reads the answers */
  MQTTClient_setCallbacks(client, NULL, ignore_lost, ignore_message, NULL);
  if ((code = MQTTClient_connect(client, &options))) fail("connect", code);
  double start = now();
  MQTTClient_deliveryToken token = 0;
  for (long i = 0; i < plan->count; i++) {
    code = MQTTClient_publish(client, plan->topic, plan->size, plan->payload, plan->qos, 0, &token);
    if (code) fail("publish", code);
  }
  if (plan->qos) {
    /* tokens are answered in their order */
    if ((code = MQTTClient_waitForCompletion(client, token, 60000))) fail("waitForCompletion", code);
  }
  double time = now() - start;
  MQTTClient_disconnect(client, 10000);
  MQTTClient_destroy(&client);
  return time;
}

#else

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long done;
static bool connected;

static void has_connected(void *context, MQTTAsync_successData *data) {
  (void)context;
  (void)data;
  pthread_mutex_lock(&lock);
  connected = true;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
}

static void has_failed(void *context, MQTTAsync_failureData *data) {
  (void)context;
  fail("the library says that it failed", data ? data->code : 0);
}

static void has_sent(void *context, MQTTAsync_successData *data) {
  (void)context;
  (void)data;
  pthread_mutex_lock(&lock);
  done++;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
}

static double publish(const char *uri, struct plan *plan) {
  MQTTAsync client;
  int code = MQTTAsync_create(&client, uri, "paho-bench", MQTTCLIENT_PERSISTENCE_NONE, NULL);
  if (code) fail("create", code);
  MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
  options.MQTTVersion = MQTTVERSION_3_1_1;
  options.maxInflight = (int)plan->window;
  options.onSuccess = has_connected;
  options.onFailure = has_failed;
  if ((code = MQTTAsync_connect(client, &options))) fail("connect", code);
  pthread_mutex_lock(&lock);
  while (!connected) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);

  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.onSuccess = has_sent;
  response.onFailure = has_failed;
  double start = now();
  for (long i = 0; i < plan->count; i++) {
    pthread_mutex_lock(&lock);
    while (i - done >= plan->window) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    code = MQTTAsync_send(client, plan->topic, plan->size, plan->payload, plan->qos, 0, &response);
    if (code) fail("send", code);
  }
  pthread_mutex_lock(&lock);
  while (done < plan->count) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
  double time = now() - start;
  MQTTAsync_destroy(&client);
  return time;
}

#endif

int main(int count, char **words) {
  if (count != 7) {
    fprintf(stderr, "usage: paho_bench URI TOPIC QOS COUNT SIZE WINDOW\n");
    return 2;
  }
  struct plan plan = {
      .topic = words[2], .qos = atoi(words[3]), .count = atol(words[4]), .size = atoi(words[5]), .window = atol(words[6])};
  plan.payload = malloc((size_t)plan.size + 1);
  if (!plan.payload || plan.count < 1 || plan.window < 1) fail("the numbers", 0);
  memset(plan.payload, 'x', (size_t)plan.size);
  double time = publish(words[1], &plan);
  printf("rate: %.0f messages/s\n", (double)plan.count / time);
  free(plan.payload);
  return 0;
}
