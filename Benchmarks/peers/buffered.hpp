// A layer for beneath a Beast stream: reads ahead, and holds back what is written, where it is asked to. Beast by itself
// reads no more than 1.5 KiB ahead, and writes each message at once.
#ifndef BUFFERED_HPP
#define BUFFERED_HPP

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <cstddef>
#include <utility>
#include <vector>

template <class Next>
class Buffered {
 public:
  using next_layer_type = Next;
  using executor_type = typename Next::executor_type;
  using error_code = boost::system::error_code;

  template <class... Arguments>
  explicit Buffered(Arguments &&...arguments) : next(std::forward<Arguments>(arguments)...) {}

  executor_type get_executor() noexcept { return next.get_executor(); }
  Next &next_layer() noexcept { return next; }
  const Next &next_layer() const noexcept { return next; }

  // 0: reads go straight to the layer below.
  void read_ahead(std::size_t bytes) { input.resize(bytes); }
  // 0: each write goes out at once.
  void hold_back(std::size_t bytes) {
    limit = bytes;
    output.reserve(2 * bytes);
  }

  void flush(error_code &error) {
    boost::asio::write(next, boost::asio::buffer(output), error);
    output.clear();
  }

  template <class Buffers>
  std::size_t read_some(const Buffers &buffers, error_code &error) {
    if (start == end) {
      if (input.empty()) return next.read_some(buffers, error);
      start = 0;
      end = next.read_some(boost::asio::buffer(input), error);
    }
    const std::size_t count = boost::asio::buffer_copy(buffers, boost::asio::buffer(input.data() + start, end - start));
    start += count;
    return count;
  }

  template <class Buffers>
  std::size_t write_some(const Buffers &buffers, error_code &error) {
    const std::size_t held = output.size(), count = boost::asio::buffer_size(buffers);
    if (limit == 0 || (held == 0 && count >= limit)) return next.write_some(buffers, error);
    output.resize(held + count);
    boost::asio::buffer_copy(boost::asio::buffer(output.data() + held, count), buffers);
    if (output.size() >= limit) flush(error);
    return count;
  }

  template <class Buffers>
  std::size_t read_some(const Buffers &buffers) {
    return throwing([&](error_code &error) { return read_some(buffers, error); });
  }

  template <class Buffers>
  std::size_t write_some(const Buffers &buffers) {
    return throwing([&](error_code &error) { return write_some(buffers, error); });
  }

 private:
  template <class Call>
  static std::size_t throwing(Call call) {
    error_code error;
    const std::size_t count = call(error);
    if (error) throw boost::system::system_error(error);
    return count;
  }

  Next next;
  std::vector<unsigned char> input, output;
  std::size_t start = 0, end = 0, limit = 0;
};

// Beast asks this of every layer, for closing handshakes.
template <class Next>
void teardown(boost::beast::role_type role, Buffered<Next> &stream, boost::system::error_code &error) {
  using boost::beast::websocket::teardown;
  teardown(role, stream.next_layer(), error);
}

#endif
