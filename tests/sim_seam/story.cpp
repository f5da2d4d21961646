#include "story.hpp"

#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "base/check.hpp"
#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "flows/accounts/secrets.hpp"
#include "flows/payments.hpp"
#include "node.hpp"
#include "sandbox/stripe/stripe_model.hpp"
#include "store/queries/payment_queries.hpp"

namespace payweir::sim {
namespace {

constexpr Instant kStart{1'795'000'000'000};
constexpr std::int64_t kMerchant = 1;
constexpr std::uint64_t kStepsMax = 1'000'000;
constexpr const char* kPaymentId = "order_1";
constexpr const char* kApiKey = "sk_test_seam";
constexpr const char* kGateway = "http://gateway.test";
constexpr const char* kShop = "https://shop.test";

http::Headers form_headers() {
  http::Headers headers;
  headers.set("Authorization", std::string("Bearer ") + kApiKey);
  headers.set("Content-Type", "application/x-www-form-urlencoded");
  return headers;
}

class Story {
 public:
  explicit Story(StoryOptions options)
      : options_(options),
        scheduler_(options.seed, kStart),
        network_(scheduler_),
        machine_(scheduler_, network_, options.seed),
        gateway_draws_(options.seed) {
    machine_.settings.public_url = "https://switch.test";
    machine_.settings.connector_base_urls["stripe"] = std::string(kGateway) + "/stripe";
    network_.set_trouble(options.trouble_percent);
    network_.add_host(kGateway, [this](http::Request request) { return serve_gateway(std::move(request)); });
    network_.add_host(kShop, [this](http::Request request) { return serve_shop(std::move(request)); });
  }

  StoryEnd tell() {
    node_ = std::make_unique<Node>(machine_);
    set_up();
    node_->start();
    ask_for_payment();
    while (!is_over()) {
      ++steps_;
      if (steps_ == options_.crash_at_step) crash();
      check(scheduler_.step(), "the story stopped before its end");
      if (steps_ > kStepsMax) return end();  // which shows what is still open
    }
    return end();
  }

 private:
  // Runs a task to its end, the rest of the world with it.
  template <class T>
  T finish(Task<T> task) {
    std::optional<T> result;
    boost::asio::co_spawn(scheduler_.executor(), std::move(task), [&](std::exception_ptr thrown, T value) {
      if (thrown) std::rethrow_exception(thrown);
      result.emplace(std::move(value));
    });
    while (!result)
      check(scheduler_.step(), "a task of the story hangs");
    return std::move(*result);
  }

  void set_up();
  void crash() {
    scheduler_.note("crash");
    node_.reset();
    node_ = std::make_unique<Node>(machine_);
    node_->start();
    if (is_asking_) ask_later();
  }

  // The merchant asks until it is told something, one request at a time, always with the same key.
  void ask_later() {
    if (std::exchange(is_going_to_ask_, true)) return;
    scheduler_.happen_after(seconds(1), [this] {
      is_going_to_ask_ = false;
      ask_for_payment();
    });
  }
  void ask_for_payment() {
    is_asking_ = true;
    if (!node_->is_up()) return ask_later();
    node_->spawn(create_payment());
  }
  Task<void> create_payment();

  Arrival serve_gateway(http::Request request);
  void call_back(sandbox::Callback callback);
  void deliver_callback(http::Request request, std::vector<Duration> retries);
  Task<void> receive(http::Request request, std::shared_ptr<bool> acknowledged);
  Arrival serve_shop(http::Request request) {
    const std::string id(request.headers.get("webhook-id"));
    const auto body = json::parse(request.body);
    check(body.has_value(), "a webhook is JSON");
    if (seen_webhooks_.insert(id).second) events_.emplace_back(body->root()["event_type"].text());
    return {http::Response{200, {}, ""}, {}};
  }

  [[nodiscard]] std::int64_t count(std::string_view sql) {
    const store::Query query{sql, sql};  // statements are kept by name
    auto found = node_->store().select(query, {}, 1);
    auto rows = finish(std::move(found));
    check(rows.has_value(), "the store can be read");
    return std::get<std::int64_t>(rows->at(0).at(0));
  }
  // The client was answered, nothing is under way, and the network has nothing left to bring.
  [[nodiscard]] bool is_over();
  StoryEnd end();

  const StoryOptions options_;
  Scheduler scheduler_;
  Network network_;
  Machine machine_;
  sandbox::stripe::StripeModel gateway_{"a fingerprint key for the seam"};
  sandbox::Draws gateway_draws_;
  std::string callback_secret_;
  std::unique_ptr<Node> node_;
  std::uint64_t steps_ = 0;
  std::uint64_t acknowledged_at_step_ = 0;
  bool is_asking_ = false;
  bool is_going_to_ask_ = false;
  std::string status_;
  Instant looked_at_;
  std::set<std::string> seen_webhooks_;
  std::vector<std::string> events_;
};

void Story::set_up() {
  form::Encoder encoder;
  encoder.add("url", "https://switch.test/webhooks/merchant_1/stripe");
  encoder.add("enabled_events[]", "*");
  const http::Request subscription{.method = http::Method::post,
                                   .target = "/v1/webhook_endpoints",
                                   .headers = form_headers(),
                                   .body = std::move(encoder).take()};
  const sandbox::Reaction reaction = gateway_.handle(subscription, kStart, gateway_draws_);
  const auto endpoint = json::parse(reaction.response->body);
  check(endpoint.has_value(), "the gateway takes the address of callbacks");
  callback_secret_ = endpoint->root()["secret"].text();

  flows::Context& context = node_->context();
  store::MerchantRow merchant;
  merchant.id = {kMerchant, kMerchant};
  merchant.merchant_id = "merchant_1";
  merchant.publishable_key = "pk_snd_1";
  merchant.details = "{}";
  store::ProfileRow profile;
  profile.id = context.new_id<ProfileTag>();
  merchant.default_profile_key = profile.id.key;
  profile.merchant_no = kMerchant;
  profile.name = "default";
  profile.webhook_url = std::string(kShop) + "/hooks";
  flows::ProfileSecrets secrets;
  secrets.webhook.push_back(flows::draw_webhook_secret(machine_.random));
  profile.sealed_secrets = flows::seal_profile_secrets(machine_.keys, profile.id.key, secrets);
  profile.details = "{}";
  store::ConnectorAccountRow account;
  account.id = context.new_id<ConnectorAccountTag>();
  account.merchant_no = kMerchant;
  account.profile_key = profile.id.key;
  account.connector = "stripe";
  account.label = "stripe_default";
  ConnectorCredentials credentials;
  credentials.auth_type = "HeaderKey";
  credentials.api_key = Secret(std::string(kApiKey));
  credentials.webhook_secrets.emplace_back(std::string(callback_secret_));
  account.sealed_credentials = flows::seal_credentials(machine_.keys, account.id.key, credentials);
  account.details = "{}";
  store::ChangeSet changes;
  changes.insert(merchant);
  changes.insert(profile);
  changes.insert(account);
  const store::CommitAnswer committed = finish(node_->store().commit(std::move(changes)));
  check(std::holds_alternative<store::commit::Committed>(committed), "the merchant is stored");
}

Task<void> Story::create_payment() {
  flows::Context& context = node_->context();
  auto merchant = co_await context.directory.merchant(kMerchant);
  check(merchant && *merchant, "the merchant is known");
  flows::Principal principal{flows::Role::merchant, kMerchant, *merchant};
  flows::Key key =
      flows::make_request_key(context, principal, "key-of-the-order", "POST", "/payments", "{}").value();
  flows::CreatePayment command;
  command.payment_id = kPaymentId;
  command.amount = {6540, Currency::parse("USD").value()};
  command.confirm = true;
  command.card = Card{Secret("4242424242424242"), Secret("123"), 10, 2030, "A Payer"};
  Result<flows::Answer> answer = co_await flows::create_payment(context, std::move(principal), std::move(key),
                                                                std::move(command), machine_.rendering);
  if (!answer) {
    scheduler_.note("refused " + std::string(code_name(answer.error().code)));
    ask_later();
    co_return;
  }
  status_ = flows::testkit::member(*answer, "status");
  is_asking_ = false;
  scheduler_.note("answered " + status_);
}

Arrival Story::serve_gateway(http::Request request) {
  constexpr std::string_view kPrefix = "/stripe";
  check(request.target.starts_with(kPrefix), "the gateway has one path");
  request.target.erase(0, kPrefix.size());
  sandbox::Reaction reaction = gateway_.handle(request, scheduler_.now(), gateway_draws_);
  for (sandbox::Callback& callback : reaction.callbacks)
    for (int copy = 0; copy < options_.callback_copies; ++copy)
      call_back(callback);
  return {std::move(reaction.response), reaction.delay};
}

void Story::call_back(sandbox::Callback callback) {
  const Duration way = callback.after + milliseconds(static_cast<std::int64_t>(scheduler_.draw(2'000)));
  scheduler_.happen_after(way, [this, callback = std::move(callback)]() mutable {
    deliver_callback(std::move(callback.request), std::move(callback.retries));
  });
}

// The gateway tries again until it is acknowledged, whatever became of the connection meanwhile.
void Story::deliver_callback(http::Request request, std::vector<Duration> retries) {
  const auto acknowledged = std::make_shared<bool>(false);
  if (node_->is_up()) node_->spawn(receive(request, acknowledged));
  if (retries.empty()) return;
  const Duration wait = retries.front();
  retries.erase(retries.begin());
  scheduler_.happen_after(
      wait, [this, acknowledged, request = std::move(request), retries = std::move(retries)]() mutable {
        if (!*acknowledged) deliver_callback(std::move(request), std::move(retries));
      });
}

Task<void> Story::receive(http::Request request, std::shared_ptr<bool> acknowledged) {
  Result<void> stored = co_await flows::receive_callback(node_->context(), "merchant_1", "stripe",
                                                         std::move(request.headers), std::move(request.body));
  scheduler_.note(stored ? "callback acknowledged" : "callback refused");
  *acknowledged = stored.has_value();
  if (stored && acknowledged_at_step_ == 0) acknowledged_at_step_ = steps_;
}

bool Story::is_over() {
  // Looking costs reads, and changes nothing: twice a second is enough.
  if (is_asking_ || scheduler_.now() - looked_at_ < milliseconds(500)) return false;
  looked_at_ = scheduler_.now();
  // Before that, callbacks and, after trouble, late requests may still be on their way.
  const Duration settled = options_.trouble_percent > 0 ? minutes(3) : seconds(10);
  if (looked_at_ - kStart < settled) return false;
  return count(
             "SELECT (SELECT count(*) FROM operation WHERE state <> 3)"
             " + (SELECT count(*) FROM delivery WHERE state = 1)"
             " + (SELECT count(*) FROM inbox WHERE state = 1)") == 0;
}

StoryEnd Story::end() {
  StoryEnd told;
  told.trace_hash = scheduler_.trace().hash();
  told.trace = scheduler_.trace().lines();
  told.steps = steps_;
  told.acknowledged_at_step = acknowledged_at_step_;
  told.status = status_;
  const auto totals = gateway_.state().books.totals_of_reference(kPaymentId);
  told.charges = totals.charge_count;
  told.charged_minor = totals.captured;
  const auto payment =
      finish(store::find_payment_by_reference(node_->store(), kMerchant, std::string(kPaymentId)));
  check(payment.has_value(), "the store can be read");
  if (*payment) {
    told.captured_minor = (*payment)->payment.captured_minor;
    told.sequence = (*payment)->payment.event_sequence;
    told.payment_state = to_string((*payment)->payment.state);
  }
  told.postings = count("SELECT count(*) FROM posting");
  told.operations_open = count("SELECT count(*) FROM operation WHERE state <> 3");
  told.inbox_done = count("SELECT count(*) FROM inbox WHERE state = 2");
  told.inbox_waiting = count("SELECT count(*) FROM inbox WHERE state <> 2");
  told.events = events_;
  return told;
}

}  // namespace

StoryEnd tell(StoryOptions options) {
  return Story(options).tell();
}

}  // namespace payweir::sim
