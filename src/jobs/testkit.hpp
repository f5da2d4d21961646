#pragma once
// A whole switch without sockets or threads for the tests of jobs: flows and the real store over fakes of
// the ports. Commits run when the test lets them; time moves when the test moves it.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "flows/context.hpp"
#include "jobs/worker.hpp"
#include "ports/testkit.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace payweir::jobs::testkit {

using payweir::testkit::CapturedLog;
using payweir::testkit::Loop;
using payweir::testkit::ManualClock;
using payweir::testkit::MapCardHold;
using payweir::testkit::SeededRandom;

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Real cryptography under a key that everybody knows; nonces count up.
class KnownKeys final : public Keys {
 public:
  [[nodiscard]] std::string seal(std::string_view context, std::string_view plain) override;
  [[nodiscard]] Result<Secret> open(std::string_view context, std::string_view sealed) override;
  [[nodiscard]] std::string pepper_hash(std::string_view purpose, std::string_view text) override;

 private:
  std::uint64_t nonce_ = 0;
};

class PlainRendering final : public flows::Rendering {
 public:
  [[nodiscard]] std::string payment(const flows::PaymentView& view) const override;
  [[nodiscard]] std::string refund(const flows::RefundView& view) const override;
};

// Answers by origin; an origin without a handler refuses the connection. A handler may hang: it says how
// long an answer takes, and the client gives up when the call's time is over.
class EndpointHttpClient final : public HttpClient {
 public:
  struct Reply {
    Result<http::Response> answer;
    Duration after{};
  };
  using Handler = std::function<Reply(const http::Request&)>;
  explicit EndpointHttpClient(Clock& clock) : clock_(clock) {}

  void at(std::string origin, Handler handler) { handlers_[std::move(origin)] = std::move(handler); }
  void answer(const std::string& origin, int status, http::Headers headers = {});
  [[nodiscard]] Task<Result<http::Response>> send(http::Request request, CallOptions options) override;

  std::vector<http::Request> requests;
  std::vector<CallOptions> options;

 private:
  Clock& clock_;
  std::map<std::string, Handler> handlers_;
};

class World {
 public:
  World();
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Ends the process as a crash would: its tasks vanish where they are, commits that wait are lost, and a
  // new one opens what is stored.
  void restart();

  // Runs everything that can run without time passing.
  void settle();
  // Moves time in steps of at most `step`, settling at each.
  void advance(Duration span, Duration step = milliseconds(100));
  // Starts a task that settle() and advance() carry on.
  void start(Task<void> task);
  // Runs a task to its end; time stands still.
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    boost::asio::co_spawn(loop().context(), std::move(task), [&](std::exception_ptr thrown, T value) {
      if (thrown) std::rethrow_exception(thrown);
      result.emplace(std::move(value));
    });
    settle();
    check(result.has_value(), "a task of this test waits for time to pass");
    return std::move(*result);
  }
  // Starts a worker with this job, or with one more.
  void start(std::unique_ptr<Job> job);
  void commit(store::ChangeSet changes);

  // A merchant with one profile whose webhooks go to `webhook_url`; the merchant's number and the profile's
  // key are both `key`.
  void add_profile(std::int64_t key, std::string webhook_url, std::string_view secret = "current secret");
  // An event and its delivery, due now. Returns the event's id.
  EventId add_delivery(std::int64_t profile_key, std::string body = R"({"sequence":1})");
  [[nodiscard]] store::DeliveryRow delivery(EventId id);
  [[nodiscard]] std::shared_ptr<const flows::ProfileEntry> profile(std::int64_t key);

  [[nodiscard]] Loop& loop();
  [[nodiscard]] flows::Context& context();
  [[nodiscard]] store::sqlite::SqliteStore& store();
  [[nodiscard]] flows::Telemetry& telemetry();
  [[nodiscard]] Worker& worker();

  TemporaryDirectory folder;
  ManualClock clock;
  SeededRandom random;
  EndpointHttpClient http{clock};
  KnownKeys keys;
  MapCardHold cards;
  CapturedLog log;
  PlainRendering rendering;
  flows::Settings settings;

 private:
  struct Process;  // what a restart replaces
  std::unique_ptr<Process> process_;
};

}  // namespace payweir::jobs::testkit
