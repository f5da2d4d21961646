// payweir_load: an open-loop load of card payments (create with confirm, automatic capture, a fresh
// Idempotency-Key each) over many merchants. Arrivals follow the clock, not the answers: one that finds no
// free connection waits, and its latency counts from when it was due. `--rate 0` is the closed loop: as
// fast as the connections allow.
//
// One thread, epoll and prepared bytes, because it shares the machine with what it measures.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <deque>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string host = "127.0.0.1";
  int port = 8080;
  std::string keys_file;  // one API key a line; "" for a bare server, which is asked with GET
  std::string target = "/payments";
  int connections = 64;
  double rate = 0;
  double warmup_s = 2;
  double seconds = 10;
  std::string run_id = "run";
  std::string wallet;  // "ali_pay_qr"; "": cards
};

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "payweir_load: %s\n", what.c_str());
  std::exit(1);
}

struct Connection {
  int socket = -1;
  bool busy = false;
  Clock::time_point due;
  std::string out;
  std::size_t sent = 0;
  std::string in;
};

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)) {
    if (!options_.wallet.empty()) {
      wallet_body_ =
          R"({"amount":6540,"currency":"CNY","confirm":true,"description":"load","payment_method":"wallet",)"
          R"("payment_method_data":{"wallet":{")" +
          options_.wallet + R"(":{}}}})";
      expected_ = R"("status":"requires_customer_action")";
    }
    read_keys();
    poll_ = ::epoll_create1(0);
    ::prctl(PR_SET_TIMERSLACK, 1);  // else each sleep is up to 50 us longer
    connections_.resize(static_cast<std::size_t>(options_.connections));
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      open(i);
      idle_.push_back(i);
    }
  }

  void run() {
    const auto start = Clock::now();
    counting_from_ = start + to_duration(options_.warmup_s);
    const auto end = counting_from_ + to_duration(options_.seconds);
    const auto interval = options_.rate > 0 ? to_duration(1.0 / options_.rate) : Clock::duration::zero();
    auto next_arrival = start;
    std::vector<epoll_event> events(512);
    while (Clock::now() < end) {
      const auto now = Clock::now();
      if (options_.rate > 0) {
        for (; next_arrival <= now; next_arrival += interval)
          waiting_.push_back(next_arrival);
      } else {
        while (waiting_.size() < idle_.size())
          waiting_.push_back(now);
      }
      while (!waiting_.empty() && !idle_.empty()) {
        const std::size_t index = idle_.back();
        const Clock::time_point due = waiting_.front();
        idle_.pop_back();
        waiting_.pop_front();
        begin(index, due);
      }
      const auto wake_at = options_.rate > 0 ? std::min(next_arrival, end) : end;
      const int ready = wait(events, wake_at);
      for (int i = 0; i < ready; ++i)
        serve(events[static_cast<std::size_t>(i)].data.u64);
    }
    report();
  }

 private:
  // Sleeps to the nanosecond: spinning for the next arrival would take a core from what is measured.
  int wait(std::vector<epoll_event>& events, Clock::time_point until) const {
    const auto left = std::max(until - Clock::now(), Clock::duration::zero());
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec patience{whole.count(), (left - whole).count()};
    return ::epoll_pwait2(poll_, events.data(), static_cast<int>(events.size()), &patience, nullptr);
  }

  static Clock::duration to_duration(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  void read_keys() {
    if (options_.keys_file.empty()) return;
    std::ifstream file(options_.keys_file);
    for (std::string line; std::getline(file, line);)
      if (!line.empty()) keys_.push_back(line);
    if (keys_.empty()) die("no keys in " + options_.keys_file);
  }

  void open(std::size_t index) {
    Connection& connection = connections_[index];
    connection = Connection{};
    connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    ::inet_pton(AF_INET, options_.host.c_str(), &address.sin_addr);
    if (::connect(connection.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      die("cannot connect: " + std::string(std::strerror(errno)));
    const int on = 1;
    ::setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(connection.socket, F_SETFL, ::fcntl(connection.socket, F_GETFL) | O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event);
  }

  void begin(std::size_t index, Clock::time_point due) {
    Connection& connection = connections_[index];
    connection.busy = true;
    connection.due = due;
    connection.in.clear();
    connection.sent = 0;
    fill_request(connection.out);
    flush(index);
  }

  void fill_request(std::string& out) {
    ++sequence_;
    if (keys_.empty()) {
      out = "GET " + options_.target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      return;
    }
    static constexpr std::string_view kCardBody =
        R"({"amount":6540,"currency":"USD","confirm":true,"capture_method":"automatic","description":"load",)"
        R"("payment_method":"card","payment_method_data":{"card":{"card_number":"4242424242424242",)"
        R"("card_exp_month":"10","card_exp_year":"2030","card_holder_name":"Ada Lovelace","card_cvc":"123"}}})";
    const std::string_view body = wallet_body_.empty() ? kCardBody : wallet_body_;
    out.clear();
    out += "POST " + options_.target +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\napi-key: ";
    out += keys_[sequence_ % keys_.size()];
    out += "\r\nIdempotency-Key: " + options_.run_id + "-" + std::to_string(sequence_);
    out += "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    out += body;
  }

  void flush(std::size_t index) {
    Connection& connection = connections_[index];
    while (connection.sent < connection.out.size()) {
      const ssize_t wrote = ::send(connection.socket, connection.out.data() + connection.sent,
                                   connection.out.size() - connection.sent, MSG_NOSIGNAL);
      if (wrote <= 0) return fail_and_reopen(index);  // a request fits any socket buffer
      connection.sent += static_cast<std::size_t>(wrote);
    }
  }

  void serve(std::size_t index) {
    Connection& connection = connections_[index];
    char buffer[16384];
    for (;;) {
      const ssize_t got = ::recv(connection.socket, buffer, sizeof buffer, 0);
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (got <= 0) return fail_and_reopen(index);
      connection.in.append(buffer, static_cast<std::size_t>(got));
      if (is_complete(connection.in)) return finish(index);
      if (static_cast<std::size_t>(got) < sizeof buffer) return;
    }
  }

  static bool is_complete(std::string_view text) {
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string_view::npos) return false;
    static constexpr std::string_view kLengthFields[] = {"Content-Length: ", "content-length: "};
    for (const std::string_view field : kLengthFields) {
      const std::size_t at = text.find(field);
      if (at == std::string_view::npos || at > head) continue;
      std::size_t length = 0;
      std::from_chars(text.data() + at + field.size(), text.data() + head, length);
      return text.size() >= head + 4 + length;
    }
    return false;
  }

  void finish(std::size_t index) {
    Connection& connection = connections_[index];
    const auto now = Clock::now();
    const bool good = connection.in.starts_with("HTTP/1.1 200") &&
                      (keys_.empty() || connection.in.find(expected_) != std::string::npos);
    if (connection.due >= counting_from_) {
      if (good)
        latencies_us_.push_back(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(now - connection.due).count()));
      else
        ++failures_;
    } else if (!good) {
      ++warmup_failures_;
    }
    if (!good && shown_++ < 3) std::fprintf(stderr, "payweir_load: %.300s\n", connection.in.c_str());
    connection.busy = false;
    idle_.push_back(index);
  }

  void fail_and_reopen(std::size_t index) {
    const bool was_busy = connections_[index].busy;
    ::close(connections_[index].socket);
    open(index);
    if (!was_busy) return;  // it never left the idle ones
    ++failures_;
    idle_.push_back(index);
  }

  // Requires: latencies_us_ sorted.
  [[nodiscard]] double percentile_ms(double share) const {
    if (latencies_us_.empty()) return 0;
    const auto at = static_cast<std::size_t>(share * static_cast<double>(latencies_us_.size() - 1));
    return latencies_us_[at] / 1000.0;
  }

  void report() {
    std::sort(latencies_us_.begin(), latencies_us_.end());
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds_of = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    std::printf(
        "{\"payments\":%zu,\"failures\":%zu,\"warmup_failures\":%zu,\"per_s\":%.1f,\"p50_ms\":%.3f,"
        "\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"waiting\":%zu,\"cpu_s\":%.3f}\n",
        latencies_us_.size(), failures_, warmup_failures_,
        static_cast<double>(latencies_us_.size()) / options_.seconds, percentile_ms(0.5), percentile_ms(0.99),
        percentile_ms(0.999), options_.rate > 0 ? waiting_.size() : 0,
        seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
  }

  Options options_;
  std::string wallet_body_, expected_ = R"("status":"succeeded")";
  int poll_ = -1;
  std::vector<std::string> keys_;
  std::vector<Connection> connections_;
  std::vector<std::size_t> idle_;
  std::deque<Clock::time_point> waiting_;
  Clock::time_point counting_from_;
  std::uint64_t sequence_ = 0;
  std::vector<std::uint32_t> latencies_us_;
  std::size_t failures_ = 0, warmup_failures_ = 0, shown_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"An open-loop load of card payments"};
  app.add_option("--host", options.host);
  app.add_option("--port", options.port)->required();
  app.add_option("--keys", options.keys_file, "File with one API key a line; without it GETs are sent");
  app.add_option("--target", options.target);
  app.add_option("--connections", options.connections);
  app.add_option("--rate", options.rate, "Arrivals a second; 0: closed loop");
  app.add_option("--warmup", options.warmup_s, "Seconds that do not count");
  app.add_option("--seconds", options.seconds);
  app.add_option("--wallet", options.wallet, "Orders for this wallet in place of cards, such as ali_pay_qr");
  app.add_option("--run-id", options.run_id, "Begins every Idempotency-Key");
  CLI11_PARSE(app, argc, argv);
  Load(std::move(options)).run();
  return 0;
}
