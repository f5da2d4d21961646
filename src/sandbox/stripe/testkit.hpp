#pragma once
// A client of the model for tests: form requests in, parsed answers out, with a clock that only the test
// moves.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "sandbox/stripe/stripe_model.hpp"

namespace payweir::sandbox::stripe {

using Fields = std::vector<std::pair<std::string, std::string>>;

// An answer, and what else the request caused.
struct Seen {
  int status = 0;  // 0: no answer
  std::string body;
  http::Headers headers;
  Duration delay{};
  Wire wire = Wire::whole;
  std::vector<Callback> callbacks;

  // The value at a path of member names, such as {"error", "code"}; "" when there is none.
  [[nodiscard]] std::string text(std::initializer_list<std::string_view> path) const {
    const auto document = json::parse(body);
    if (!document) return "(no JSON)";
    json::Value value = document->root();
    for (const std::string_view name : path)
      value = value[name];
    if (!value.present()) return {};
    return value.is(json::Kind::string) ? std::string(value.text()) : value.dump();
  }
  [[nodiscard]] std::int64_t integer(std::initializer_list<std::string_view> path) const {
    const auto document = json::parse(body);
    if (!document) return -1;
    json::Value value = document->root();
    for (const std::string_view name : path)
      value = value[name];
    return value.integer();
  }
  [[nodiscard]] std::string id() const { return text({"id"}); }
  [[nodiscard]] std::string state() const { return text({"status"}); }
};

class Client {
 public:
  explicit Client(std::uint64_t seed = 1) : draws(seed) { model.set_public_url("http://bank.test/stripe"); }

  Seen post(std::string path, const Fields& fields = {}, std::string_view idempotency_key = {}) {
    form::Encoder encoder;
    for (const auto& [name, value] : fields)
      encoder.add(name, value);
    http::Request request{.method = http::Method::post, .target = std::move(path)};
    request.body = std::move(encoder).take();
    if (!idempotency_key.empty()) request.headers.set("Idempotency-Key", idempotency_key);
    return send(std::move(request));
  }
  Seen get(std::string target) { return send({.method = http::Method::get, .target = std::move(target)}); }
  Seen del(std::string target) { return send({.method = http::Method::del, .target = std::move(target)}); }
  Seen control(http::Method method, std::string target, std::string body = {}) {
    return seen(
        model.control({.method = method, .target = std::move(target), .body = std::move(body)}, now, draws));
  }
  Seen plant(std::string fault) { return control(http::Method::post, "/faults", std::move(fault)); }
  Seen browse(http::Method method, std::string target, std::string body = {}) {
    return seen(
        model.handle({.method = method, .target = std::move(target), .body = std::move(body)}, now, draws));
  }
  Seen send(http::Request request) {
    request.headers.set("Authorization", "Bearer " + api_key);
    return seen(model.handle(request, now, draws));
  }

  // What a switch sends to authorise a card, with whatever else is given behind it.
  static Fields card_payment(std::string number = "4242424242424242", const Fields& more = {}) {
    Fields fields = {{"amount", "6540"},
                     {"currency", "usd"},
                     {"confirm", "true"},
                     {"payment_method_data[type]", "card"},
                     {"payment_method_data[card][number]", std::move(number)},
                     {"payment_method_data[card][exp_month]", "10"},
                     {"payment_method_data[card][exp_year]", "30"},
                     {"payment_method_data[card][cvc]", "123"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
  }
  Seen pay(std::string number = "4242424242424242", const Fields& more = {}, std::string_view key = {}) {
    return post("/v1/payment_intents", card_payment(std::move(number), more), key);
  }

  StripeModel model{"a fingerprint key for tests"};
  Draws draws;
  Instant now{1'795'000'000'000};  // 2026-11-18
  std::string api_key = "sk_test_one";

 private:
  static Seen seen(Reaction reaction) {
    Seen out{.delay = reaction.delay, .wire = reaction.wire, .callbacks = std::move(reaction.callbacks)};
    if (!reaction.response) return out;
    out.status = reaction.response->status;
    out.body = std::move(reaction.response->body);
    out.headers = std::move(reaction.response->headers);
    return out;
  }
};

}  // namespace payweir::sandbox::stripe
