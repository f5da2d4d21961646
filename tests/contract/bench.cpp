#include "bench.hpp"

#include <utility>

#include "base/check.hpp"
#include "base/json_writer.hpp"

namespace payweir::contract {
namespace {

// No inquiry of the contract needs more.
constexpr int kRoundsMax = 10;

const Fixture& fixture_of(const Connector& connector) {
  const Fixture* fixture = find_fixture(connector.capabilities().name);
  check(fixture != nullptr, "every connector has a fixture");
  return *fixture;
}

// One that it takes by this method.
Currency currency_of(const Connector& connector, PaymentMethod method) {
  for (const std::string_view code : {"CNY", "USD", "EUR"})
    if (const Currency currency = Currency::parse(code).value();
        connector.capabilities().takes(method, currency))
      return currency;
  return Currency::parse("USD").value();
}

std::string reference(std::string_view prefix, int number) {
  const std::string digits = std::to_string(number);
  return std::string(prefix) + std::string(26 - digits.size(), '0') + digits;
}

}  // namespace

// ── House ─────────────────────────────────────────────────────────────────────────────────────────

House::House(std::unique_ptr<sandbox::GatewayModel> its_model) : model(std::move(its_model)) {
  model->set_public_url(base_url());
}

std::string House::base_url() const {
  return "http://bank.test/" + std::string(model->name());
}

http::Response House::answer(const http::Request& request) {
  http::Request received = request;
  received.target.erase(0, model->name().size() + 1);
  sandbox::Reaction reaction = model->handle(received, now, draws);
  check(reaction.response.has_value(), "the model answers");
  keep(std::move(reaction.callbacks));
  return *std::move(reaction.response);
}

json::Document House::control(std::string target, std::string body) {
  sandbox::Reaction reaction = model->control(
      {.method = http::Method::post, .target = std::move(target), .body = std::move(body)}, now, draws);
  EXPECT_EQ(reaction.response->status, 200) << "a tester is refused: " << reaction.response->body;
  keep(std::move(reaction.callbacks));
  return json::parse(reaction.response->body).value();
}

void House::wait(Duration span) {
  now = now + span;
  keep(model->advance(now, draws));
}

std::string House::money() const {
  const json::Document books = json::parse(model->books()).value();
  std::string totals;
  const json::Value accounts = books.root()["accounts"];
  for (json::Value account = accounts.first(); account.present(); account = account.next())
    totals += account["totals"].dump();
  return totals;
}

void House::keep(std::vector<sandbox::Callback> sent) {
  for (sandbox::Callback& callback : sent)
    callbacks.push_back(std::move(callback.request));
}

// ── Scenarios ─────────────────────────────────────────────────────────────────────────────────────

std::string describe(const Scenario& scenario) {
  return std::string(to_string(scenario.kind)) + " by " +
         (scenario.method == PaymentMethod::card ? "card" : std::string(to_string(scenario.method))) + ", " +
         std::string(to_string(scenario.capture));
}

std::vector<Scenario> scenarios_of(const Connector& connector) {
  using enum OperationKind;
  using enum CaptureMethod;
  std::vector<Scenario> all;
  for (const PaymentMethod method : connector.capabilities().payment_methods) {
    const bool by_hand = connector.capabilities().holds(method);
    all.push_back({authorise, method});
    if (by_hand) all.push_back({authorise, method, manual});
    if (by_hand) all.push_back({capture, method, manual});
    all.push_back({void_authorisation, method, by_hand ? manual : automatic});
    all.push_back({refund, method});
  }
  return all;
}

// ── Bench ─────────────────────────────────────────────────────────────────────────────────────────

Bench::Bench(const Connector& its_connector)
    : connector(its_connector),
      fixture(fixture_of(its_connector)),
      house(fixture.open()),
      credentials(fixture.credentials(house)),
      prepared(connector.prepare(credentials).value()),
      base_url(house.base_url()) {}

ConnectorContext Bench::context() const {
  return {credentials, base_url, house.now, seconds(300), prepared.get(), random};
}

ConnectorRequest Bench::blank(const Scenario& scenario) {
  const Currency currency = scenario.currency.value_or(currency_of(connector, scenario.method));
  ConnectorRequest request;
  request.kind = scenario.kind;
  request.operation_reference = reference("opn_", ++operation_count_);
  request.attempt_reference = reference("att_", attempt_count_);
  request.payment_reference = "pay_" + std::to_string(attempt_count_);
  request.amount = request.payment_amount = Money{6540, currency};
  request.capture_method = scenario.capture;
  request.method = scenario.method;
  request.recorded_at = house.now;
  request.sendable = minutes(2);
  request.payer_was_told = true;
  request.consistent = true;
  request.return_url = "http://switch.test/return";
  request.notify_url = "http://switch.test/webhooks";
  request.expires_at = house.now + hours(2);
  return request;
}

ConnectorRequest Bench::prepare(const Scenario& scenario) {
  ++attempt_count_;
  Scenario first = scenario;
  first.kind = OperationKind::authorise;
  ConnectorRequest authorisation = blank(first);
  const bool is_open =
      scenario.kind == OperationKind::void_authorisation && scenario.capture != CaptureMethod::manual;
  fixture.complete(authorisation, is_open ? Payer::hesitates : Payer::pays);
  if (scenario.kind == OperationKind::authorise) return authorisation;

  const Outcome outcome = play(authorisation).outcome();
  EXPECT_TRUE(std::holds_alternative<outcome::Accepted>(outcome)) << describe(outcome);
  if (!is_open) pay(authorisation, outcome);
  ConnectorRequest request = blank(scenario);
  if (const auto* accepted = std::get_if<outcome::Accepted>(&outcome))
    request.connector_payment_id = accepted->connector_payment_id;
  return request;
}

Play Bench::play(const ConnectorRequest& request) {
  Play play;
  ConnectorContext of_call = context();
  Step step = connector.begin(request, of_call);
  while (auto* send = std::get_if<step::Send>(&step)) {
    of_call.money_was_sent |= send->kind == SendKind::money;
    play.kinds.push_back(send->kind);
    play.requests.push_back(std::move(send->request));
    play.answers.push_back(house.answer(play.requests.back()));
    check(play.answers.size() <= kRoundsMax, "an operation ends");
    step = connector.resume(request, of_call, play.answers.back());
  }
  play.end = std::get<step::Done>(std::move(step)).outcome;
  return play;
}

Play Bench::ask(const ConnectorRequest& request) {
  Play play;
  AskStep step = connector.ask(request, context());
  for (int round = 0; auto* send = std::get_if<ask::Send>(&step); ++round) {
    check(round < kRoundsMax, "an inquiry ends");
    play.requests.push_back(std::move(send->request));
    play.answers.push_back(house.answer(play.requests.back()));
    step = connector.resume_ask(request, context(), round, play.answers.back());
  }
  play.end = std::get<ask::Done>(std::move(step)).finding;
  return play;
}

std::optional<Outcome> Bench::replay(const ConnectorRequest& request, const Play& kept, std::size_t bent_at,
                                     const http::Response& bent) {
  ConnectorContext of_call = context();
  Step step = connector.begin(request, of_call);
  for (std::size_t i = 0; i <= bent_at && std::holds_alternative<step::Send>(step); ++i) {
    of_call.money_was_sent |= std::get<step::Send>(step).kind == SendKind::money;
    step = connector.resume(request, of_call, i == bent_at ? bent : kept.answers[i]);
  }
  if (auto* done = std::get_if<step::Done>(&step)) return std::move(done->outcome);
  return std::nullopt;
}

std::optional<Finding> Bench::replay_ask(const ConnectorRequest& request, const Play& kept,
                                         std::size_t bent_at, const http::Response& bent) {
  AskStep step = connector.ask(request, context());
  for (std::size_t i = 0; i <= bent_at && std::holds_alternative<ask::Send>(step); ++i)
    step =
        connector.resume_ask(request, context(), static_cast<int>(i), i == bent_at ? bent : kept.answers[i]);
  if (auto* done = std::get_if<ask::Done>(&step)) return std::move(done->finding);
  return std::nullopt;
}

void Bench::remember(ConnectorRequest& request, const Outcome& outcome) {
  std::string id;
  if (const auto* accepted = std::get_if<outcome::Accepted>(&outcome)) id = accepted->connector_payment_id;
  if (const auto* unknown = std::get_if<outcome::Unknown>(&outcome)) id = unknown->connector_payment_id;
  if (id.empty()) return;
  const bool is_refund = request.kind == OperationKind::refund;
  (is_refund ? request.connector_operation_id : request.connector_payment_id) = std::move(id);
}

bool names(const http::Response& answer, const ConnectorRequest& request) {
  return answer.body.contains(request.operation_reference) ||
         answer.body.contains(request.attempt_reference) ||
         (!request.connector_payment_id.empty() && answer.body.contains(request.connector_payment_id));
}

void Bench::pay(const ConnectorRequest& request, const Outcome& outcome) {
  const auto* accepted = std::get_if<outcome::Accepted>(&outcome);
  if (accepted && accepted->as == AcceptedAs::needs_action)
    fixture.pay(house, request, accepted->next_action);
  if (accepted && accepted->as == AcceptedAs::pending) house.wait(seconds(10));
}

void Bench::plant(std::string_view kind) {
  json::Writer out;
  out.begin_object().field("operation", "any").field("kind", kind).field("count", std::int64_t{1});
  out.end_object();
  static_cast<void>(house.control("/faults", std::move(out).take()));
}

// ── Outcomes ──────────────────────────────────────────────────────────────────────────────────────

bool says_done(const Outcome& outcome) {
  const auto* accepted = std::get_if<outcome::Accepted>(&outcome);
  return accepted && accepted->as != AcceptedAs::pending && accepted->as != AcceptedAs::needs_action;
}

bool says_no(const Outcome& outcome) {
  return !std::holds_alternative<outcome::Accepted>(outcome) && !is_unknown(outcome);
}

bool is_unknown(const Outcome& outcome) {
  return std::holds_alternative<outcome::Unknown>(outcome);
}

std::string describe(const Outcome& outcome) {
  static constexpr std::string_view kNames[] = {"not sent", "rejected", "declined", "accepted", "unknown"};
  std::string text(kNames[outcome.index()]);
  if (const auto* accepted = std::get_if<outcome::Accepted>(&outcome))
    text.append(" as ").append(to_string(accepted->as));
  return text + ": " + words_of(outcome);
}

std::string describe(const Finding& finding) {
  const auto* found = std::get_if<finding::Found>(&finding);
  return found ? "found " + describe(found->outcome) : "not found";
}

std::string words_of(const Outcome& outcome) {
  struct Reader {
    std::string operator()(const outcome::NotSent& it) const { return it.why; }
    std::string operator()(const outcome::Rejected& it) const {
      return it.error.code + " " + it.error.message;
    }
    std::string operator()(const outcome::Declined& it) const {
      return it.error.code + " " + it.error.message + " " + it.connector_payment_id;
    }
    std::string operator()(const outcome::Accepted& it) const {
      return it.connector_payment_id + " " + it.next_action.data;
    }
    std::string operator()(const outcome::Unknown& it) const {
      return it.why + " " + it.connector_payment_id;
    }
  };
  return std::visit(Reader{}, outcome);
}

bool moves_money(const ConnectorRequest& request) {
  return request.kind != OperationKind::authorise || request.method == PaymentMethod::card ||
         is_barcode(request.method);
}

// ── Mishaps ───────────────────────────────────────────────────────────────────────────────────────

std::vector<Mishap> mishaps_of(const http::Response& good) {
  constexpr std::string_view kPage = "<html><body><h1>Something went wrong</h1></body></html>";
  const auto answer = [](int status, std::string_view body) {
    http::Response made{.status = status};
    made.body = body;
    return made;
  };
  std::vector<Mishap> all = {
      {"500 and a page", answer(500, kPage)},
      {"500 and nothing", answer(500, "")},
      {"502 and a page", answer(502, kPage)},
      {"503 and nothing", answer(503, "")},
      {"504 and an object", answer(504, "{}")},
      {"429 and a page", answer(429, kPage), true},
      {"429 and nothing", answer(429, ""), true},
      {"403 of a firewall", answer(403, kPage)},
      {"404 of a proxy", answer(404, kPage)},
      {"302 to a portal", answer(302, "")},
      {"200 and nothing", answer(200, "")},
      {"204", answer(204, "")},
      {"200 and a page", answer(200, kPage)},
      {"200 and an empty object", answer(200, "{}")},
      {"200 and a list", answer(200, "[]")},
      {"200 and null", answer(200, "null")},
      {"200 and a text", answer(200, R"("SUCCESS")")},
      {"200 and bytes", answer(200, std::string_view("\0\xff\xfe{", 4))},
  };
  for (const std::size_t quarters : {1U, 2U, 3U, 4U}) {
    if (good.body.empty()) continue;
    http::Response cut = good;
    cut.body.resize(quarters == 4 ? good.body.size() - 1 : good.body.size() * quarters / 4);
    all.push_back({"a part of the good answer", std::move(cut)});
  }
  http::Response failed = good;
  failed.status = 500;
  all.push_back({"the good answer under a 500", std::move(failed)});
  return all;
}

}  // namespace payweir::contract
