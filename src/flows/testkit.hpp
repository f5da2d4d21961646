#pragma once
// A whole switch without sockets for the tests of flows: two io threads' worth of contexts over one real
// store in a folder that goes away, and fakes of the other ports.
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "flows/accounts/views.hpp"
#include "flows/context.hpp"
#include "flows/events.hpp"
#include "flows/principal.hpp"
#include "ports/testkit.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace payweir::flows::testkit {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  // Whether any file in it holds these bytes.
  [[nodiscard]] bool holds(std::string_view bytes) const;

 private:
  std::string path_;
};

// Real cryptography under fixed keys; counts what it is asked for.
class CountingKeys final : public Keys {
 public:
  std::string seal(std::string_view context, std::string_view plain) override;
  Result<Secret> open(std::string_view context, std::string_view sealed) override;
  std::string pepper_hash(std::string_view purpose, std::string_view text) override;

  int pepper_hash_count = 0;

 private:
  std::uint64_t nonce_ = 0;
};

// Shows of each view what tests look at.
class PlainRendering final : public Rendering, public AccountRendering, public EventRendering {
 public:
  std::string payment(const PaymentView& view) const override;
  std::string refund(const RefundView& view) const override;
  std::string merchant(const MerchantView& view) const override;
  std::string profile(const ProfileView& view) const override;
  std::string api_key(const ApiKeyView& view) const override;
  std::string connector_account(const ConnectorAccountView& view) const override;
  std::string routing_algorithm(const RoutingAlgorithmView& view) const override;
  std::string event(const EventView& view) const override;
};

// The member of an answer's JSON, "" when there is none.
[[nodiscard]] std::string member(const Answer& answer, std::string_view name);

class World {
 public:
  World();
  ~World();

  // Ends the process and starts a new one on the same folder.
  void restart();

  template <class T>
  T run(Task<T> task) {
    return loop.run(std::move(task));
  }

  [[nodiscard]] Context& context();
  // Of another io thread: a directory of its own.
  [[nodiscard]] Context& other_context();
  [[nodiscard]] Principal admin() const;
  // A merchant made by the admin key.
  Answer create_merchant(std::string merchant_id);
  // A key of it.
  [[nodiscard]] std::string create_api_key(std::string merchant_id, Instant expires_at = Instant{});
  [[nodiscard]] Result<Principal> authenticate(Context& context, std::string api_key);
  // Who calls with a fresh key of this merchant.
  [[nodiscard]] Principal merchant(const std::string& merchant_id);
  // What the API makes of an Idempotency-Key and a body.
  [[nodiscard]] std::optional<RequestKey> request_key(const Principal& principal,
                                                      std::string_view idempotency_key,
                                                      std::string_view body = "{}");

  TemporaryDirectory folder;
  std::deque<Traffic> traffics;  // of each life: a request that vanishes with the loop gives its place back
  payweir::testkit::Loop loop;
  payweir::testkit::ManualClock clock;
  payweir::testkit::SeededRandom random;
  payweir::testkit::ScriptedHttpClient http;
  payweir::testkit::MapCardHold cards;
  payweir::testkit::CapturedLog log;
  CountingKeys keys;
  PlainRendering rendering;
  Settings settings;

 private:
  struct Process;
  std::unique_ptr<Process> process_;
};

}  // namespace payweir::flows::testkit
