#pragma once
// Fakes of the ports, one each, for the tests of every room above: a clock that only moves when told to,
// seeded randomness, a gateway that answers from a script, a log and a card hold in memory, and the loop
// that runs tasks on them. Thread rule: the test's thread only, except that Task completions of a real
// store may be posted to the loop from its writer thread.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.hpp"
#include "ports/card_hold.hpp"
#include "ports/clock.hpp"
#include "ports/http_client.hpp"
#include "ports/log.hpp"
#include "ports/random.hpp"

namespace payweir::testkit {

// Runs tasks on the calling thread until they end. A task that hangs aborts the test after 30 real
// seconds instead of hanging it.
class Loop {
 public:
  template <class T>
  T run(Task<T> task) {
    std::vector<Task<T>> one;
    one.push_back(std::move(task));
    return std::move(run_together(std::move(one)).front());
  }
  void run(Task<void> task) {
    std::size_t left = 1;
    start(std::move(task), left);
    drain(left);
  }

  // All of them interleaved on this thread; results in the order of the tasks.
  template <class T>
  std::vector<T> run_together(std::vector<Task<T>> tasks) {
    std::vector<std::optional<T>> slots(tasks.size());
    std::size_t left = tasks.size();
    for (std::size_t i = 0; i < tasks.size(); ++i)
      boost::asio::co_spawn(io_, std::move(tasks[i]), [&slots, &left, i](std::exception_ptr thrown, T value) {
        --left;
        if (thrown) std::rethrow_exception(thrown);
        slots[i].emplace(std::move(value));
      });
    drain(left);
    std::vector<T> results;
    for (std::optional<T>& slot : slots)
      results.push_back(std::move(*slot));
    return results;
  }

  // Starts a task that later calls of run() carry on; for loops that the test stops by advancing a clock.
  // `left` counts down when it ends and must outlive it.
  void start(Task<void> task, std::size_t& left) {
    boost::asio::co_spawn(io_, std::move(task), [&left](std::exception_ptr thrown) {
      --left;
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  // Runs whatever can run without waiting.
  void poll() {
    io_.restart();
    io_.poll();
  }

  [[nodiscard]] boost::asio::io_context& context() { return io_; }

 private:
  void drain(const std::size_t& left) {
    // The guard keeps the loop alive while a completion is still on its way from another thread.
    const auto guard = boost::asio::make_work_guard(io_);
    const auto give_up_at = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    io_.restart();
    while (left > 0) {
      io_.run_one_until(give_up_at);
      check(std::chrono::steady_clock::now() < give_up_at, "a task of this test did not end");
    }
  }

  boost::asio::io_context io_;
};

// Time stands still until advance(); sleepers whose time has come then wake in the order of their time.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start = Instant{1'795'000'000'000}) : wall_(start) {}

  [[nodiscard]] Instant wall() const override { return wall_; }
  [[nodiscard]] Duration suspended() const override { return {suspended_us_ / 1000}; }
  [[nodiscard]] std::int64_t suspended_us() const override { return suspended_us_; }

  Task<void> sleep(Duration span) override {
    if (span.ms <= 0) co_return;
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, boost::asio::steady_timer::time_point::max());
    const Sleepers::iterator self = sleepers_.insert({suspended() + span, &timer});
    const Leave leave{sleepers_, self};
    boost::system::error_code woken;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
  }

  void advance(Duration span) {
    wall_ = wall_ + span;
    suspended_us_ += span.ms * 1000;
    for (auto it = sleepers_.begin(); it != sleepers_.end() && it->first <= suspended(); ++it)
      it->second->cancel();
  }
  // A wall clock that is set, as by an operator or NTP: spans are not affected.
  void set_wall(Instant t) { wall_ = t; }
  [[nodiscard]] std::size_t sleeper_count() const { return sleepers_.size(); }

 private:
  using Sleepers = std::multimap<Duration, boost::asio::steady_timer*>;
  struct Leave {
    Sleepers& sleepers;
    Sleepers::iterator self;
    ~Leave() { sleepers.erase(self); }
  };

  Instant wall_;
  std::int64_t suspended_us_ = 1'000'000;
  Sleepers sleepers_;
};

// The same bytes for the same seed; one stream a purpose, so that a new draw does not shift the others.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) {
    for (std::size_t i = 0; i < kPurposeCount; ++i)
      states_[i] = seed * 0x9e3779b97f4a7c15ull + i;
  }
  void fill(RandomPurpose purpose, std::span<std::uint8_t> out) override {
    std::uint64_t& state = states_[static_cast<std::size_t>(purpose)];
    for (std::uint8_t& byte : out)
      byte = static_cast<std::uint8_t>(next(state));
  }

 private:
  static constexpr std::size_t kPurposeCount = 4;
  // SplitMix64; Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
  static std::uint64_t next(std::uint64_t& state) {
    std::uint64_t z = state += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::uint64_t states_[kPurposeCount] = {};
};

// Answers calls from a script, in order, and keeps what it was asked. With an empty script a call fails as
// a refused connection would.
class ScriptedHttpClient final : public HttpClient {
 public:
  using Handler = std::function<Result<http::Response>(const http::Request&)>;

  void answer(http::Response response) {
    script_.push_back([response = std::move(response)](const http::Request&) { return response; });
  }
  void answer(int status, std::string body) { answer(http::Response{status, {}, std::move(body)}); }
  void fail_with(Code code, Certainty certainty) {
    script_.push_back([code, certainty](const http::Request&) -> Result<http::Response> {
      return std::unexpected(Error{code, "", "scripted failure", certainty});
    });
  }
  void then(Handler handler) { script_.push_back(std::move(handler)); }
  // For every call that the script does not cover.
  void otherwise(Handler handler) { fallback_ = std::move(handler); }

  Task<Result<http::Response>> send(http::Request request, CallOptions call_options) override {
    requests.push_back(request);
    options.push_back(call_options);
    Handler handler = fallback_;
    if (!script_.empty()) {
      handler = std::move(script_.front());
      script_.pop_front();
    }
    if (!handler) co_return fail(Code::connect_failed, "", "nothing is scripted for this call");
    co_return handler(request);
  }

  std::vector<http::Request> requests;
  std::vector<CallOptions> options;

 private:
  std::deque<Handler> script_;
  Handler fallback_;
};

// A line of a log as text: "event name=value name=value".
inline std::string log_line(std::string_view event, std::initializer_list<LogField> fields) {
  std::string line(event);
  for (const LogField& field : fields) {
    line.append(" ").append(field.name).append("=");
    if (const auto* text = std::get_if<std::string_view>(&field.value))
      line.append(*text);
    else
      line.append(std::to_string(std::get<std::int64_t>(field.value)));
  }
  return line;
}

// Keeps every line as text.
class CapturedLog final : public Log {
 public:
  void write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) override {
    lines.push_back(log_line(event, fields));
  }
  [[nodiscard]] bool contains(std::string_view text) const {
    for (const std::string& line : lines)
      if (line.find(text) != std::string::npos) return true;
    return false;
  }

  std::vector<std::string> lines;
};

class MapCardHold final : public CardHold {
 public:
  bool put(std::int64_t payment_key, Secret serialised_card, Instant now) override {
    if (is_full) return false;
    held_.insert_or_assign(payment_key, Held{std::move(serialised_card), now});
    return true;
  }
  std::optional<Secret> take(std::int64_t payment_key, Instant now) override {
    auto node = held_.extract(payment_key);
    if (node.empty() || now - node.mapped().since > minutes(15)) return std::nullopt;
    return std::move(node.mapped().card);
  }
  [[nodiscard]] std::size_t size() const { return held_.size(); }
  // As after a restart of the process.
  void forget_all() { held_.clear(); }

  bool is_full = false;

 private:
  struct Held {
    Secret card;
    Instant since;
  };
  std::unordered_map<std::int64_t, Held> held_;
};

}  // namespace payweir::testkit
