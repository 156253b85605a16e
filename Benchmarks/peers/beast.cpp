// The benchmark's client on Boost.Beast: synchronous calls on a blocking socket.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "buffered.hpp"
#include "task.h"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;

namespace {

// Reading ahead pays while a read brings several messages.
constexpr std::size_t read_ahead_limit = 16 * 1024;
// Beast masks into this buffer, a part of a large message at a time.
constexpr std::size_t mask_buffer_limit = 128 * 1024;
// What is surely under way in both directions while nobody reads.
constexpr std::size_t pipeline_limit = 2 * 1024 * 1024;

using Plain = tcp::socket;
using Secure = asio::ssl::stream<tcp::socket>;

struct Client {
  task job;
  std::vector<unsigned char> payload, answer;
  asio::io_context context{1};
  asio::ssl::context tls{asio::ssl::context::tls_client};

  explicit Client(const task &job) : job(job), payload(job.size + 1), answer(job.size + 1) {
    fill_with_readings(payload.data(), payload.size());
  }
};

template <class Layer>
class Connection {
 public:
  template <class... TLS>
  explicit Connection(Client &client, TLS &...tls) : client(client), job(client.job), stream(client.context, tls...) {
    auto &socket = beast::get_lowest_layer(stream);
    socket.connect({asio::ip::make_address(job.host), static_cast<unsigned short>(job.port)});
    socket.set_option(tcp::no_delay(true));
    if constexpr (sizeof...(TLS) > 0) stream.next_layer().next_layer().handshake(asio::ssl::stream_base::client);
    set_options();
    stream.handshake(std::string(job.host) + ":" + std::to_string(job.port), job.path);
    if (job.workload == SEND_BATCHED || job.workload == PIPELINE_BATCHED) stream.next_layer().hold_back(BATCH_BYTES);
  }

  void close() { beast::get_lowest_layer(stream).close(); }

  void run() {
    const long count = job.count;
    switch (job.workload) {
      case PING_PONG:
        for (long i = 0; i < count; i++) {
          send(job.size);
          receive(job.size);
        }
        break;
      case PIPELINE: {
        const long first = std::min<long>(count, WINDOW);
        for (long i = 0; i < first; i++) send(job.size);
        for (long i = 0; i < count; i++) {
          receive(job.size);
          if (i + first < count) send(job.size);
        }
        break;
      }
      case PIPELINE_BATCHED:
        for (long left = count; left > 0; left -= WINDOW) {
          const long now = std::min<long>(left, WINDOW);
          for (long i = 0; i < now; i++) send(job.size);
          flush();
          for (long i = 0; i < now; i++) receive(job.size);
        }
        break;
      case SEND:
      case SEND_BATCHED:
        for (long i = 0; i < count; i++) send(job.size);
        flush();
        receive(1);
        break;
      case RECEIVE:
        send(1);
        for (long i = 0; i < count; i++) receive(job.size);
        break;
      case SETUP:
      case IDLE:
        send(job.size);
        receive(job.size);
    }
  }

 private:
  void set_options() {
    const bool is_single = job.workload == SETUP || job.workload == IDLE;
    if (!is_single && job.size <= read_ahead_limit) stream.next_layer().read_ahead(BATCH_BYTES);
    stream.binary(true);
    stream.auto_fragment(false);
    stream.read_message_max(0);
    // a message that is compressed must fit as a whole, not to be fragmented
    if (job.is_deflated) {
      stream.write_buffer_bytes(job.size + 1024);
      websocket::permessage_deflate options;
      options.client_enable = true;
      options.client_no_context_takeover = true;
      options.server_no_context_takeover = true;
      options.compLevel = 6;
      options.memLevel = 8;
      stream.set_option(options);
    } else if (!is_single) {
      stream.write_buffer_bytes(std::clamp<std::size_t>(job.size + 16, 4096, mask_buffer_limit));
    }
  }

  void send(std::size_t size) { stream.write(asio::buffer(client.payload.data(), size)); }

  void flush() {
    beast::error_code error;
    stream.next_layer().flush(error);
    if (error) throw beast::system_error(error);
  }

  void receive(std::size_t size) {
    std::size_t count = 0;
    do {
      count += stream.read_some(asio::buffer(client.answer.data() + count, client.answer.size() - count));
    } while (!stream.is_message_done() && count < client.answer.size());
    if (count != size || !stream.got_binary()) fail("beast: another message was expected");
  }

  Client &client;
  const task &job;
  websocket::stream<Buffered<Layer>> stream;
};

template <class Layer, class... TLS>
void run(Client &client, TLS &...tls) {
  using One = Connection<Layer>;
  const task &job = client.job;
  if (job.workload == IDLE) {
    const long before = private_memory();
    std::vector<std::unique_ptr<One>> all;
    for (long i = 0; i < job.count; i++) {
      all.push_back(std::make_unique<One>(client, tls...));
      all.back()->run();
    }
    report_memory(before, job.count);
  } else if (job.workload == SETUP) {
    const moment start = now();
    for (long i = 0; i < job.count; i++) {
      One connection(client, tls...);
      connection.run();
      connection.close();
    }
    report_since(start);
  } else {
    One connection(client, tls...);
    const moment start = now();
    connection.run();
    report_since(start);
  }
}

}  // namespace

int main(int argc, char **argv) {
  const task job = read_task(argc, argv);
  // who blocks in a call cannot read meanwhile, and would wait for ever for a server that waits for its reading
  const bool is_pipeline = job.workload == PIPELINE || job.workload == PIPELINE_BATCHED;
  if (is_pipeline && job.size * WINDOW > pipeline_limit) decline();
  try {
    Client client(job);
    if (job.is_secure) {
      run<Secure>(client, client.tls);
    } else {
      run<Plain>(client);
    }
  } catch (const std::exception &error) {
    fail((std::string("beast: ") + error.what()).c_str());
  }
  return 0;
}
