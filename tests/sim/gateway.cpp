#include "gateway.hpp"

#include <array>
#include <memory>
#include <utility>

#include "base/check.hpp"
#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "sandbox/stripe/webhooks.hpp"

namespace payweir::sim {
namespace {

constexpr std::string_view kPrefix = "/stripe";

struct Twin {
  FaultKind kind;
  sandbox::FaultKind planted;
};
constexpr std::array kTwins = std::to_array<Twin>({
    {FaultKind::gateway_down, sandbox::FaultKind::down},
    {FaultKind::gateway_slow, sandbox::FaultKind::slow},
    {FaultKind::gateway_silent_before, sandbox::FaultKind::silent_before},
    {FaultKind::gateway_late, sandbox::FaultKind::late},
    {FaultKind::gateway_error_500_before, sandbox::FaultKind::error_500_before},
    {FaultKind::gateway_error_500_after, sandbox::FaultKind::error_500_after},
    {FaultKind::gateway_stored_500, sandbox::FaultKind::stored_500},
    {FaultKind::gateway_stored_500_before, sandbox::FaultKind::stored_500_before},
    {FaultKind::gateway_rate_limited, sandbox::FaultKind::rate_limited},
    {FaultKind::gateway_garbage, sandbox::FaultKind::garbage},
    {FaultKind::gateway_wrong_amount, sandbox::FaultKind::wrong_amount},
    {FaultKind::gateway_wrong_currency, sandbox::FaultKind::wrong_currency},
    {FaultKind::gateway_someone_elses_answer, sandbox::FaultKind::someone_elses_answer},
});

}  // namespace

Gateway::Gateway(Scheduler& scheduler, Network& network, Faults& faults, std::uint64_t seed)
    : scheduler_(scheduler),
      network_(network),
      faults_(faults),
      draws_(Chance(seed, Stream::gateway).bits()) {
  model_.set_public_url(std::string(kOrigin) + std::string(kPrefix));
  network_.add_host(
      kOrigin, [this](http::Request request, Reply reply) { serve(std::move(request), std::move(reply)); });
}

std::string Gateway::subscribe(const std::string& api_key, const std::string& url) {
  form::Encoder encoder;
  encoder.add("url", url);
  encoder.add("enabled_events[]", "*");
  http::Request request{.method = http::Method::post, .target = "/v1/webhook_endpoints"};
  request.headers.set("Authorization", "Bearer " + api_key);
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.body = std::move(encoder).take();
  const sandbox::Reaction reaction = model_.handle(request, scheduler_.now(), draws_);
  const auto endpoint = json::parse(reaction.response->body);
  check(endpoint.has_value() && reaction.response->status == 200, "the gateway takes an address");
  secrets_[url] = endpoint->root()["secret"].text();
  return secrets_[url];
}

// Stripe signs each try anew.
void Gateway::sign(http::Request& request) const {
  const auto secret = secrets_.find(request.origin + request.target);
  check(secret != secrets_.end(), "a callback goes where nobody subscribed");
  request.headers.set("Stripe-Signature", sandbox::stripe::stripe_signature(
                                              secret->second, scheduler_.now().ms / 1000, request.body));
}

std::optional<sandbox::Fault> Gateway::draw_fault() {
  for (const Twin& twin : kTwins) {
    if (!faults_.strike(twin.kind)) continue;
    scheduler_.note("fault " + std::string(to_string(twin.kind)));
    sandbox::Fault fault{.kind = twin.planted, .count = 1};
    if (twin.kind == FaultKind::gateway_slow || twin.kind == FaultKind::gateway_late)
      fault.delay = milliseconds(faults_.chance(twin.kind).between(100, 120'000));
    return fault;
  }
  return std::nullopt;
}

void Gateway::serve(http::Request request, Reply reply) {
  if (!request.target.starts_with(kPrefix)) return reply({http::Response{404, {}, ""}, {}});
  const bool is_api = request.target.starts_with("/stripe/v1/");
  request.target.erase(0, kPrefix.size());
  if (const auto fault = is_api ? draw_fault() : std::nullopt)
    check(model_.faults().plant(*fault).has_value(), "a fault is planted");
  if (charges_twice_)
    check(model_.faults().plant({.kind = sandbox::FaultKind::double_charge}).has_value(),
          "a fault is planted");
  sandbox::Reaction reaction = model_.handle(request, scheduler_.now(), draws_);
  model_.faults().clear();
  take(std::move(reaction.callbacks));
  watch_the_clock();
  reply({std::move(reaction.response), reaction.delay});
}

// Things that the gateway does by itself: refunds that settle, authorisations that expire.
void Gateway::watch_the_clock() {
  const std::optional<Instant> due = model_.next_due();
  if (!due || (wakes_at_ && *wakes_at_ <= *due)) return;
  wakes_at_ = due;
  scheduler_.happen_after(std::max(*due - scheduler_.now(), Duration{}), [this] {
    wakes_at_.reset();
    take(model_.advance(scheduler_.now(), draws_));
    watch_the_clock();
  });
}

void Gateway::take(std::vector<sandbox::Callback> callbacks) {
  for (sandbox::Callback& callback : callbacks) {
    Duration after = callback.after;
    if (callback.request.body.contains(R"("type":"payment_intent.succeeded")")) {
      const auto event = json::parse(callback.request.body);
      check(event.has_value(), "an event is JSON");
      successes_[std::string(event->root()["data"]["object"]["metadata"]["order_id"].text())] =
          callback.request;
    }
    if (faults_.strike(FaultKind::callback_lost)) continue;
    if (faults_.strike(FaultKind::callback_forged)) forge(callback.request);
    if (faults_.strike(FaultKind::callback_stale))
      call_back(callback.request, after + hours(3), {},
                Signing::as_it_is);  // its signature is as old by then
    if (faults_.strike(FaultKind::callback_delayed))
      after = after + milliseconds(faults_.chance(FaultKind::callback_delayed).between(0, 25 * 3'600'000));
    std::int64_t copies = 1;
    if (faults_.strike(FaultKind::callback_duplicated))
      copies = faults_.chance(FaultKind::callback_duplicated).between(2, 5);
    for (std::int64_t copy = 0; copy < copies; ++copy)
      call_back(callback.request, after + milliseconds(static_cast<std::int64_t>(draws_.below(2'000))),
                callback.retries, Signing::anew);
  }
}

// The body of a real event, signed by somebody who does not know the secret.
void Gateway::forge(const http::Request& genuine) {
  http::Request forged = genuine;
  forged.headers.set("Stripe-Signature", sandbox::stripe::stripe_signature(
                                             "whsec_guessed", scheduler_.now().ms / 1000, forged.body));
  call_back(std::move(forged), {}, {}, Signing::as_it_is);
}

// Tries again until it is acknowledged, whatever became of the connection meanwhile.
void Gateway::call_back(http::Request request, Duration after, std::vector<Duration> retries,
                        Signing signing) {
  ++callbacks_under_way_;
  scheduler_.happen_after(
      after, [this, signing, request = std::move(request), retries = std::move(retries)]() mutable {
        http::Request sent = request;
        if (signing == Signing::anew) sign(sent);
        network_.call(std::move(sent), CallOptions{.timeout = seconds(20)}, Network::Caller::world,
                      [this, signing, sent_at = scheduler_.now(), request = std::move(request),
                       retries = std::move(retries)](Result<http::Response> answer) mutable {
                        --callbacks_under_way_;
                        const bool is_taken = answer && answer->status / 100 == 2;
                        if (is_taken && sent_at >= forgotten_at_) note_acknowledged(request, signing);
                        if (is_taken || retries.empty()) return;
                        const Duration wait = retries.front();
                        retries.erase(retries.begin());
                        call_back(std::move(request), wait, std::move(retries), signing);
                      });
      });
}

void Gateway::note_acknowledged(const http::Request& callback, Signing signing) {
  const auto event = json::parse(callback.body);
  check(event.has_value(), "an event is JSON");
  std::string id(event->root()["id"].text());
  if (signing == Signing::as_it_is)
    believed_.push_back(std::move(id));
  else
    acknowledged_.insert(std::move(id));
}

bool Gateway::resend_success(const std::string& reference) {
  const auto found = successes_.find(reference);
  if (found == successes_.end()) return false;
  call_back(found->second, milliseconds(500), {}, Signing::anew);
  return true;
}

std::int64_t Gateway::refund_in_dashboard(const std::string& reference) {
  std::uint32_t number = sandbox::stripe::kNoIntent;
  std::int64_t left = 0;
  model_.state().books.visit_by_reference(reference, [&](const sandbox::stripe::Intent& intent) {
    if (intent.received() == 0) return true;
    number = intent.number;
    left = intent.charges.back().captured - intent.charges.back().refunded;
    return false;
  });
  if (number == sandbox::stripe::kNoIntent || left < 1) return 0;
  const std::int64_t amount = 1 + static_cast<std::int64_t>(draws_.below(static_cast<std::uint64_t>(left)));
  http::Request request{.method = http::Method::post, .target = "/dashboard_refund"};
  const sandbox::stripe::Intent& intent = books().at(number);
  request.body = "{\"payment_intent\":\"" +
                 sandbox::stripe::format_id("pi_", {intent.number, intent.salt, 0}) +
                 "\",\"amount\":" + std::to_string(amount) + "}";
  sandbox::Reaction reaction = model_.control(request, scheduler_.now(), draws_);
  take(std::move(reaction.callbacks));
  watch_the_clock();  // it may be settled, or come back, later
  return reaction.response && reaction.response->status == 200 ? amount : 0;
}

}  // namespace payweir::sim
