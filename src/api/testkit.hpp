#pragma once
// A Context of fakes for the tests of this room. Its store refuses and counts: what a test of the API
// proves about a refused request is that no flow came as far as the store.
#include <string>
#include <utility>

#include "api/native/rendering.hpp"
#include "api/router.hpp"
#include "base/json_reader.hpp"
#include "flows/context.hpp"
#include "flows/testkit.hpp"  // and through it the fakes of the ports

namespace payweir::api::testkit {

class UntouchedStore final : public store::Store {
 public:
  Task<store::CommitAnswer> commit(store::ChangeSet) override {
    ++touched;
    co_return store::commit::Failed{Error{Code::store_unavailable, "", "", Certainty::not_sent}};
  }
  Task<Result<std::vector<store::ResultRow>>> select(const store::Query&, std::vector<store::Value>,
                                                     std::size_t) override {
    ++touched;
    co_return fail(Code::store_unavailable, "", "");
  }
  [[nodiscard]] Statistics statistics() const override {
    Statistics statistics;
    statistics.writable = is_writable;
    return statistics;
  }

  int touched = 0;
  bool is_writable = true;
};

class OpenKeys final : public Keys {
 public:
  std::string seal(std::string_view, std::string_view plain) override { return std::string(plain); }
  Result<Secret> open(std::string_view, std::string_view sealed) override {
    return Secret(std::string(sealed));
  }
  std::string pepper_hash(std::string_view, std::string_view text) override {
    std::string hash(text);
    hash.resize(32, '0');
    return hash;
  }
};

struct Switch {
  flows::Settings settings;
  payweir::testkit::ManualClock clock;
  payweir::testkit::SeededRandom random;
  payweir::testkit::ScriptedHttpClient http;
  OpenKeys keys;
  payweir::testkit::MapCardHold cards;
  payweir::testkit::CapturedLog log;
  UntouchedStore store;
  flows::DirectoryEpoch epoch{0};
  flows::Directory directory{store, keys, epoch};
  flows::Telemetry telemetry;
  flows::Review review;
  KeySequence sequence{1};
  native::Rendering rendering{"https://pay.example"};
  flows::RateLimiter rate_limiter{settings};
  InlineOffload offload;
  flows::Artefacts artefacts;
  flows::Traffic traffic{settings};
  flows::Context context{settings,  clock,        random,    http,      keys,   cards,
                         log,       store,        directory, telemetry, review, sequence,
                         rendering, rate_limiter, offload,   artefacts, traffic};
  payweir::testkit::Loop loop;

  [[nodiscard]] http::Response send(const Router& router, http::Request request) {
    return loop.run(router.handle(context, std::move(request)));
  }
};

// Lets every caller in as what its api-key says: "admin", "merchant" or "publishable".
Task<Result<flows::Principal>> authenticate_by_word(flows::Context& context, std::string api_key,
                                                    std::string peer_address);
Result<flows::Key> digest_is_the_key(flows::Context& context, const flows::Principal& principal,
                                     std::string_view idempotency_key, std::string_view method,
                                     std::string_view path, std::string_view body);
inline constexpr Gate kGate{authenticate_by_word, digest_is_the_key};

[[nodiscard]] http::Request post(std::string target, std::string body, std::string_view api_key = "merchant");
[[nodiscard]] http::Request get(std::string target, std::string_view api_key = "merchant");

// The member of `error` in an error's body, "" when it has none.
[[nodiscard]] std::string error_member(const http::Response& response, std::string_view name);

}  // namespace payweir::api::testkit
