#include "world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "base/json_reader.hpp"
#include "flows/routing/route_payment.hpp"
#include "sandbox/stripe/books.hpp"

namespace payweir::sim {
namespace {

constexpr Instant kStart{1'795'000'000'000};
constexpr Duration kArrivals = minutes(4);  // in which all orders come
constexpr Duration kDrainMax = hours(96);
constexpr Duration kRefundHorizon = minutes(16);  // and a while

flows::Settings make_settings(std::uint64_t seed) {
  flows::Settings settings;
  settings.admin_api_key = Secret(std::string(People::kAdminKey));
  settings.operators.push_back({"ada", Secret(std::string(People::kFirstOperator))});
  settings.operators.push_back({"bob", Secret(std::string(People::kSecondOperator))});
  // In some runs people are called long before the gateway has had its say.
  if (Chance(seed, Stream::swarm, 1'000).percent(40)) settings.resolve_within = minutes(2);
  settings.public_url = Shop::kSwitch;
  for (const std::string name : {"stripe", "alipay", "wechatpay"})
    settings.connector_base_urls[name] = std::string(Gateway::kOrigin) + "/" + name;
  settings.webhooks_allow_private = true;
  settings.log_requests = false;
  settings.sandbox = true;
  return settings;
}

}  // namespace

World::World(WorldOptions options)
    : options_(std::move(options)),
      faults_(options_.seed, options_.caps),
      scheduler_(options_.seed, kStart, options_.trace),
      network_(scheduler_, faults_, options_.seed),
      machine_(scheduler_, network_, options_.seed),
      gateway_(scheduler_, network_, faults_, options_.seed),
      checker_(machine_.disk, scheduler_, gateway_.books(), routes_),
      shop_(scheduler_, network_, faults_, checker_, options_.seed),
      people_(scheduler_, network_, faults_, gateway_, shop_, checker_, routes_, options_.seed),
      process_(options_.seed, Stream::process) {
  machine_.settings = make_settings(options_.seed);
  checker_.trust_people(people_.judged());
  checker_.excuse_liars(gateway_.lied_about());
  checker_.set_breakers([this]() -> Checker::Breakers {
    if (!node_) return {};
    const flows::Context& context = node_->context();
    return context.traffic.health.report(context.clock.suspended_us());
  });
  gateway_.set_names_of([this](const std::string& reference) { return checker_.names_of(reference); });
  shop_.set_phone(
      [this](const std::string& reference, bool approves) { gateway_.decide_on_phone(reference, approves); });
  network_.set_on_money([this](const std::string& key) {
    checker_.on_money(key, machine_.settings.send_window);
    if (node_ && node_->is_under_review())
      checker_.violate("INV-32", key + ": money was sent by a restored database under review");
  });
  machine_.disk.set_verdict([this](Disk::Call call) { return disk_verdict(call); });
  network_.add_host(Shop::kSwitch, [this](http::Request request, Reply reply) {
    if (!node_ || !node_->is_up() || node_->is_draining()) return reply({std::nullopt, {}});
    node_->serve(std::move(request), std::move(reply));
  });
}

World::~World() {
  checker_.on_crash();
  node_.reset();
  scheduler_.drop_world();
}

void World::start_node() {
  node_ = std::make_unique<Node>(machine_, checker_);
  node_->start();
}

int World::disk_verdict(Disk::Call call) {
  if (is_disk_dead_) return call == Disk::Call::write ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC;
  if (faults_.strike(FaultKind::disk_dies)) {
    is_disk_dead_ = true;
    return call == Disk::Call::write ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC;
  }
  if (call == Disk::Call::sync)
    return faults_.strike(FaultKind::disk_sync_fails) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  if (faults_.strike(FaultKind::disk_full)) return SQLITE_FULL;
  return faults_.strike(FaultKind::disk_write_fails) ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

void World::crash(Disk::End how) {
  scheduler_.note(how == Disk::End::power_lost ? "power cut" : "kill");
  ++crashes_;
  note_health();
  checker_.on_crash();
  node_.reset();
  drains_until_.reset();
  if (restore_next_) {
    machine_.disk.restore(*backup_);
    machine_.identity = fmt::format("restored {}", ++restores_);
    checker_.on_restored();
    gateway_.forget_acknowledged();
    shop_.forget_answers();
    restore_next_ = false;
    seen_["a backup was restored"] += 1;
  }
  machine_.disk.attach(how);
  is_disk_dead_ = false;
  network_.reset_connections(Shop::kSwitch);
  scheduler_.happen_after(milliseconds(process_.between(100, 20'000)), [this] {
    start_node();
    if (node_->wants_to_die()) return;  // and is started again
    checker_.on_restart();
    shop_.check_promises();
  });
}

void World::note_health() {
  if (!node_) return;
  const flows::GatewayHealth& health = node_->context().traffic.health;
  const auto saw = [&](const char* what, std::uint64_t count) {
    if (count > 0) seen_[what] += count;
  };
  saw("a breaker opened", health.transitions_to(routing::BreakerState::open));
  saw("a breaker closed again", health.transitions_to(routing::BreakerState::closed));
  saw("the retry budget was used up", health.retries_refused());
}

void World::wait_until_up() {
  while (!node_ || !node_->is_up())
    check(scheduler_.step(), "the switch starts");
}

void World::befall() {
  if (!node_) return;
  if (restore_due_) return restore();
  if (node_->wants_to_die() || is_disk_dead_) {
    seen_["the store ended the process"] += 1;
    return crash(process_.percent(50) ? Disk::End::power_lost : Disk::End::killed);
  }
  if (drains_until_) return drain_process();
  if (node_->is_up() && faults_.strike(FaultKind::terminate)) {
    scheduler_.note("terminate");
    drains_until_ = scheduler_.now() + seconds(25);
    return node_->begin_drain();
  }
  if (faults_.strike(FaultKind::kill)) return crash(Disk::End::killed);
  if (faults_.strike(FaultKind::power_cut)) return crash(Disk::End::power_lost);
  if (faults_.strike(FaultKind::pause))
    scheduler_.pause_process(milliseconds(faults_.chance(FaultKind::pause).between(100, 600'000)));
  if (faults_.strike(FaultKind::clock_jump))
    machine_.clock.set_offset(
        milliseconds(faults_.chance(FaultKind::clock_jump).between(-3'600'000, 3'600'000)));
}

// INV-35: what was accepted has its answer, unless it takes longer than a supervisor waits.
void World::drain_process() {
  if (!node_->is_drained() && scheduler_.now() < *drains_until_) return;
  seen_[node_->is_drained() ? "a drain ended with every request answered" : "a drain was cut short"] += 1;
  crash(Disk::End::killed);
}

// A backup in the first half of the orders, and its restore some time later.
void World::plan_restore() {
  const std::int64_t backup_ms = process_.between(20'000, 120'000);
  const std::int64_t restore_ms = backup_ms + process_.between(5'000, 120'000);
  scheduler_.happen_after(milliseconds(backup_ms), [this] {
    scheduler_.note("backup");
    backup_ = machine_.disk.snapshot();
    checker_.on_backup();
  });
  scheduler_.happen_after(milliseconds(restore_ms), [this] { restore_due_ = true; });
}

void World::restore() {
  scheduler_.note("restore");
  restore_due_ = false;
  restore_next_ = true;
  crash(Disk::End::killed);
}

void World::leap() {
  if (!node_ || !node_->is_up() || !scheduler_.is_idle() || scheduler_.now() - leapt_at_ < seconds(1)) return;
  leapt_at_ = scheduler_.now();
  std::optional<Instant> next = scheduler_.next_of_world();
  if (const auto due = checker_.next_due())
    next = std::min(next.value_or(Instant{*due - machine_.clock.offset()}), *due - machine_.clock.offset());
  if (!next) return;
  if (*next - scheduler_.now() < seconds(2)) return;
  scheduler_.leap_to(*next - seconds(1));
}

void World::step() {
  if (scheduler_.steps() >= options_.steps_max) return checker_.violate("INV-38", "the run goes on for ever");
  leap();
  befall();
  check(scheduler_.step(), "nothing will ever happen again");
}

bool World::has_wallets() const {
  if (options_.gateways == Gateways::stripe) return false;
  if (options_.orders.empty()) return wallets_percent() > 0;
  return std::ranges::any_of(options_.orders, [](const Order& order) { return !order.wallet.empty(); });
}

// Some seeds have none, some have many: 22 of a hundred over all.
std::uint64_t World::wallets_percent() const {
  if (options_.gateways == Gateways::stripe) return 0;
  const std::uint64_t drawn = Chance(options_.seed, Stream::wallets).below(100);
  return drawn < 25 ? 0 : drawn < 80 ? 20 : 55;
}

void World::set_up() {
  faults_.suspend(true);
  start_node();
  const auto admin = [this](std::string target, std::string body) {
    http::Request request{.method = http::Method::post, .target = std::move(target), .origin = Shop::kSwitch};
    request.headers.set("api-key", People::kAdminKey);
    request.headers.set("content-type", "application/json");
    request.body = std::move(body);
    std::string answer;
    bool is_answered = false;
    network_.call(std::move(request), CallOptions{}, Network::Caller::world,
                  [&](Result<http::Response> response) {
                    check(response.has_value(), "the operator is served");
                    check(response->status == 200, response->body.c_str());
                    answer = std::move(response->body);
                    is_answered = true;
                  });
    while (!is_answered)
      check(scheduler_.step(), "the switch answers its operator");
    return answer;
  };
  wait_until_up();
  const auto told = [&](std::string target, std::string body, std::string_view member) {
    const auto document = json::parse(admin(std::move(target), std::move(body)));
    check(document.has_value(), "an answer is JSON");
    return std::string(document->root()[member].text());
  };
  for (std::size_t merchant = 0; merchant < 2; ++merchant) {
    const std::string id = fmt::format("merchant_{}", merchant + 1);
    People::Employer employer{
        .merchant_id = id, .profile_id = {}, .account_ids = {}, .key_id = {}, .algorithms = {}};
    employer.profile_id =
        told("/accounts",
             fmt::format(R"({{"merchant_id":"{}","webhook_details":{{"webhook_url":"{}/{}"}}}})", id,
                         Shop::kShop, id),
             "default_profile");
    const auto key = json::parse(admin("/api_keys/" + id, R"({"name":"shop","expiration":"never"})"));
    check(key.has_value(), "a key is JSON");
    const std::string target = fmt::format("/account/{}/connectors", id);
    const auto add_account = [&](std::string body, std::string connector, std::string at_the_gateway) {
      std::string account = told(target, std::move(body), "merchant_connector_id");
      const auto parsed = parse_id<ConnectorAccountTag>(account);
      check(parsed.has_value(), "an account has an id");
      routes_.add_account({parsed->key, account, std::move(connector), std::move(at_the_gateway), merchant});
      employer.account_ids.push_back(account);
      return account;
    };
    // Two accounts of each gateway. Callbacks of the first come to its connector's address, which they share
    // with those of the other merchants of the world; callbacks of the second to the account's own.
    for (int side = 1; side <= 2; ++side) {
      const std::string gateway_key = fmt::format("sk_test_sim{}{}", merchant + 1, side == 1 ? "" : "b");
      const std::string hooks = fmt::format("{}/webhooks/{}/", Shop::kSwitch, id);
      const auto signed_with = [](const std::string& secret) {
        return fmt::format(R"("connector_webhook_details":{{"merchant_secret":"{}"}})", secret);
      };
      const std::string callbacks =
          side == 1 ? "," + signed_with(gateway_.subscribe(gateway_key, hooks + "stripe")) : "";
      const std::string account = add_account(
          fmt::format(R"({{"connector_type":"payment_processor","connector_name":"stripe",)"
                      R"("connector_label":"stripe {}",)"
                      R"("connector_account_details":{{"auth_type":"HeaderKey","api_key":"{}"}}{}}})",
                      side, gateway_key, callbacks),
          "stripe", sandbox::stripe::account_id_of(gateway_key));
      if (side == 2)
        static_cast<void>(admin(target + "/" + account,
                                fmt::format(R"({{"connector_type":"payment_processor",{}}})",
                                            signed_with(gateway_.subscribe(gateway_key, hooks + account)))));
      if (!has_wallets()) continue;
      const std::string app_id = fmt::format("202100000000000{}", side),
                        mchid = fmt::format("190000000{}", side);
      static_cast<void>(add_account(gateway_.alipay_account(app_id), "alipay", app_id));
      static_cast<void>(add_account(gateway_.wechatpay_account(mchid), "wechatpay", mchid));
    }
    employer.key_id = key->root()["key_id"].text();
    people_.add_merchant(std::move(employer));
    shop_.add_merchant({id, std::string(key->root()["api_key"].text())});
  }
  faults_.suspend(false);
}

void World::work_until_done() {
  const Instant trouble_ends_at = scheduler_.now() + options_.trouble_lasts;
  const Instant give_up_at = std::max(scheduler_.now() + kArrivals + hours(2), trouble_ends_at);
  while (checker_.violations().empty() && scheduler_.now() < give_up_at &&
         (!shop_.is_done() || scheduler_.now() < trouble_ends_at))
    step();
}

void World::heal() {
  scheduler_.note("heal");
  faults_.heal();
  machine_.clock.set_offset({});
  healed_at_ = scheduler_.now();
}

bool World::is_at_rest() {
  if (!node_ || !node_->is_up() || !scheduler_.is_idle() || !shop_.is_done()) return false;
  if (network_.open_calls() > 0 || gateway_.callbacks_under_way() > 0) return false;
  if (gateway_.has_something_due() || !people_.are_idle()) return false;
  return !checker_.next_due();
}

// Once the gateway answers again, whatever the switch was in the dark about is known within a minute, unless
// it may still be running there.
void World::check_recovery_time() {
  constexpr Duration kGoal = seconds(60);
  const bool can_work = node_ && node_->is_up() && !scheduler_.is_process_paused();
  if (!learns_by_) {
    // A request or a fence that the gateway is slow with is still running there, for up to two minutes.
    const bool may_be_slow = faults_.fired(FaultKind::gateway_slow) > 0 ||
                             faults_.fired(FaultKind::gateway_late) > 0 ||
                             faults_.fired(FaultKind::account_slow) > 0;
    const Duration grace = may_be_slow ? minutes(2) : Duration{};
    // A clock that was ahead has put off the next ask by as much.
    if (can_work && faults_.fired(FaultKind::clock_jump) == 0) learns_by_ = scheduler_.now() + grace + kGoal;
    return;
  }
  if (scheduler_.now() < *learns_by_ || *learns_by_ == Instant{}) return;
  const Instant over =
      healed_at_ - machine_.settings.send_window - machine_.settings.gateway_timeout - minutes(2);
  const std::string in_the_dark =
      "FROM operation WHERE state <> 3 AND created_at < " + std::to_string(over.ms) +
      // A refund that Alipay or WeChat Pay does not show may still be on its way there for a quarter of an
      // hour.
      " AND ((kind = 4 AND connector_operation_id = '' AND (created_at < " +
      std::to_string((scheduler_.now() - kRefundHorizon).ms) +
      " OR NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.payment_key = operation.payment_key"
      " AND attempt.method >= " +
      std::to_string(static_cast<int>(PaymentMethod::ali_pay_qr)) +
      "))) OR EXISTS (SELECT 1 FROM attempt"
      " WHERE attempt.payment_key = operation.payment_key AND ((kind = 1 AND attempt.state <= 2)"
      " OR (kind IN (2, 3) AND attempt.state = 5))))";
  const std::int64_t count = checker_.count("SELECT count(*) " + in_the_dark);
  if (count > 0) {
    const std::string one = " " + in_the_dark + " ORDER BY key LIMIT 1";
    checker_.violate(
        "INV-38",
        fmt::format("{} operations are unknown a minute after the gateway's return; the first, of kind "
                    "{}, was asked about {} times and is asked again in {} ms",
                    count, checker_.count("SELECT kind" + one), checker_.count("SELECT ask_count" + one),
                    checker_.count("SELECT ask_at" + one) - scheduler_.now().ms));
  }
  learns_by_ = Instant{};
}

void World::drain() {
  Instant looked_at{}, last_news = healed_at_;
  while (checker_.violations().empty()) {
    step();
    if (scheduler_.now() - looked_at < seconds(1)) continue;
    looked_at = scheduler_.now();
    check_recovery_time();
    if (is_at_rest()) return;
    // What the gateway does by itself may take a week, and its callbacks some days; all else, 96 hours.
    if (gateway_.has_something_due() || gateway_.callbacks_under_way() > 0) last_news = scheduler_.now();
    if (scheduler_.now() - last_news > kDrainMax) return;
  }
}

void World::check_liveness() {
  const std::int64_t open = checker_.count("SELECT count(*) FROM operation WHERE state <> 3");
  if (open > 0) checker_.violate("INV-17", fmt::format("{} operations are still under way", open));
  const std::int64_t undelivered = checker_.count("SELECT count(*) FROM delivery WHERE state = 1");
  if (undelivered > 0) checker_.violate("INV-07", fmt::format("{} webhooks are still to come", undelivered));
  const std::int64_t inbox = checker_.count("SELECT count(*) FROM inbox WHERE state = 1");
  if (inbox > 0) checker_.violate("INV-38", fmt::format("{} callbacks are not worked off", inbox));
  if (node_->requests_in_flight() > 0) checker_.violate("INV-30", "requests are in flight at rest");
  for (const std::string& event : gateway_.believed())
    checker_.violate("INV-18", event + ": a callback was believed that the gateway did not sign just then");
  for (const std::string& event : gateway_.acknowledged())
    if (!checker_.has_inbox(event))
      checker_.violate("INV-14", event + ": a callback was acknowledged and not stored");
  for (const std::string& breach : network_.breaches())
    checker_.violate("INV-26", breach);
}

// A payment waits for a person only when a gateway gave cause, or the policy is short of patience.
void World::check_people_are_needed() {
  if (machine_.settings.resolve_within < hours(1)) return;
  for (const FaultKind kind : {FaultKind::gateway_wrong_amount, FaultKind::gateway_wrong_currency,
                               FaultKind::gateway_someone_elses_answer})
    if (faults_.fired(kind) > 0) return;
  const std::int64_t waiting = checker_.count("SELECT count(*) FROM payment WHERE state > 10") +
                               checker_.count("SELECT count(*) FROM refund WHERE state = 4");
  if (waiting > 0)
    checker_.violate("INV-40",
                     fmt::format("{} payments or refunds wait for a person without cause", waiting));
}

// What a person said of a payment may be wrong; it is counted whether the switch found that out by itself.
void World::check_truth(const StoredPayment& stored) {
  const bool was_judged = people_.judged().contains(stored.reference());
  bool differs = false;
  for (const Violation& found : check_against_books(stored, gateway_.books(), When::at_rest)) {
    // What was given back of a late charge and came back is not noticed: docs/plan.md.
    const bool was_reversed = std::ranges::any_of(
        stored.attempts, [](const auto& row) { return row.attempt.state == AttemptState::reversed; });
    const bool may_be_missed =
        found.what == kMissedReturn && (was_reversed || faults_.fired(FaultKind::callback_lost) > 0);
    differs |= found.invariant != "INV-04";
    // A gateway that has lied, and whose word of what it did was lost: only the statement tells.
    const bool was_never_told =
        checker_.was_lied_about(stored.reference()) && faults_.fired(FaultKind::callback_lost) > 0;
    if (may_be_missed || was_never_told || (was_judged && found.invariant != "INV-04")) continue;
    // What happened after the backup, nobody here knows of, and the gateway's statement does: payments that
    // were made then, or were sent for the first time; refunds; a cancellation that is on its way. Captures
    // are found out.
    if (checker_.is_forgotten(stored.reference())) continue;
    const bool was_sent = !stored.attempts.empty();
    // It moved on after the backup, to an account that this database has never asked.
    const bool has_moved_on = stored.earlier_attempts.size() > stored.attempts.size();
    if (checker_.went_on_after_backup(stored.row.payment.id.key) && found.invariant != "INV-04" &&
        (!was_sent || has_moved_on || found.what.contains("refund") || found.what == kTakenBack))
      continue;
    checker_.violate(found.invariant, stored.reference() + ": " + found.what);
  }
  if (was_judged)
    seen_[differs ? "a person was wrong, and only a statement can tell" : "a person settled a payment"] += 1;
  const bool is_wallet = std::ranges::any_of(
      stored.attempts, [](const auto& row) { return row.attempt.method >= PaymentMethod::ali_pay_qr; });
  if (is_wallet) {
    const PaymentState state = stored.row.payment.state;
    const bool was_paid =
        stored.row.payment.captured_minor > 0 || std::ranges::any_of(stored.attempts, [](const auto& row) {
          return row.attempt.state == AttemptState::reversed;
        });
    seen_[fmt::format("a wallet payment {}", to_string(state))] += 1;
    if (state == PaymentState::cancelled && was_paid) seen_["a wallet was charged late, and refunded"] += 1;
    if (was_paid && shop_.was_cancelled(stored.reference()))
      seen_["a merchant cancelled, and the payer paid all the same"] += 1;
  }
  for (const store::AttemptRow& row : stored.attempts) {
    if (row.attempt.state == AttemptState::reversed) seen_["a late charge was given back"] += 1;
    if (row.attempt.state != AttemptState::succeeded_late) continue;
    // What somebody refunded in the dashboard cannot be given back again.
    if (faults_.fired(FaultKind::dashboard_refund) > 0) continue;
    checker_.violate("INV-04", stored.reference() + ": a late charge is not given back");
  }
}

// What clients were told of why a payment went where it went is what is stored.
void World::check_reasons() {
  for (const Order& order : shop_.orders()) {
    const auto key = order.reason.empty() ? std::nullopt : checker_.key_of_reference(order.payment_id);
    if (!key || checker_.is_forgotten(order.payment_id) || checker_.went_on_after_backup(*key)) continue;
    const auto stored = checker_.load(*key);
    const std::string words =
        flows::route_in_words(flows::PaymentDetails::parse(stored->row.details).routed_by_json);
    if (words != order.reason)
      checker_.violate("F07", fmt::format("{}: a client was told it was routed by {}, and stored is {}",
                                          order.payment_id, order.reason, words));
  }
}

void World::check_at_rest() {
  if (!checker_.violations().empty()) return;
  if (!node_ || !node_->is_up()) return checker_.violate("INV-38", "the switch does not come up");
  check_liveness();
  check_people_are_needed();
  check_reasons();
  shop_.check_promises();
  for (const std::int64_t key : checker_.all_payment_keys()) {
    const auto stored = checker_.load(key);
    for (const Violation& found : check_payment(*stored, nullptr))
      checker_.violate(found.invariant, stored->reference() + ": " + found.what);
    check_truth(*stored);
    for (const store::OutboxRow& event : stored->events)
      if (!shop_.webhooks().contains(to_text(event.id)) &&
          checker_.count("SELECT count(*) FROM delivery WHERE state = 3 AND key = " +
                         std::to_string(event.id.key)) == 0)
        checker_.violate("INV-07", stored->reference() + ": a webhook reached nobody");
  }
  for (const std::string& reference : gateway_.books().repeated_references()) {
    // What a gateway lied about is charged elsewhere, and given back when it tells.
    if (checker_.is_forgotten(reference) || checker_.was_lied_about(reference)) continue;
    checker_.violate("INV-04", reference + ": charged twice");
  }
}

WorldEnd World::run() {
  set_up();
  if (options_.prepare) options_.prepare(*this);
  if (options_.only) faults_.plan_only(options_.only->first, options_.only->second);
  if (options_.orders.empty())
    shop_.open(options_.payments, kArrivals, wallets_percent());
  else
    shop_.open(options_.orders);
  people_.begin(options_.orders.empty() ? People::Routing::drawn : People::Routing::none);
  const bool is_drawn = options_.orders.empty() && Chance(options_.seed, Stream::swarm, 1'001).percent(5);
  if (options_.restores || is_drawn) plan_restore();
  work_until_done();
  heal();
  drain();
  check_at_rest();
  return end();
}

WorldEnd World::end() {
  WorldEnd told;
  told.seed = options_.seed;
  told.violations = checker_.violations();
  told.steps = scheduler_.steps();
  told.crashes = crashes_;
  told.simulated = scheduler_.now() - kStart;
  told.faults_fired = faults_.fired();
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    told.occasions[i] = faults_.occasions(kind);
    if (faults_.fired(kind) > 0) told.fired[kind] = faults_.fired(kind);
  }
  note_health();
  told.seen = seen_;
  for (const auto& [what, count] : shop_.seen())
    told.seen[what] = count;
  for (const auto& [what, count] : routes_.seen())
    told.seen[what] = count;
  const GatewayBooks::Sums orders = gateway_.books().sums_of_orders();
  const auto saw = [&](const char* what, std::uint64_t count) {
    if (count > 0) told.seen[what] = count;
  };
  saw("a code was scanned and paid", orders.scanned);
  saw("a barcode was paid", orders.barcodes);
  saw("an order was closed unpaid", orders.unpaid);
  saw("a cancellation took back what was paid", orders.taken_back);
  saw("a wallet was refunded", orders.refunds);
  for (const auto& [step, count] : checker_.steps())
    told.seen[fmt::format("{} became {}", to_string(step.first), to_string(step.second))] = count;
  if (machine_.disk.torn_sectors() > 0) told.seen["a power cut tore a sector"] = machine_.disk.torn_sectors();
  if (people_.keys_changed() > 0) told.seen["an API key was changed"] = people_.keys_changed();
  if (shop_.replays() > 0) told.seen["a request was answered from its first execution"] = shop_.replays();
  for (const Violation& violation : told.violations) {
    if (violation.invariant == "INV-04") ++told.charged_twice;
    if (violation.invariant == "INV-14" || violation.invariant == "INV-40" || violation.invariant == "INV-19")
      ++told.lost;
    if (violation.invariant == "INV-08" || violation.invariant == "INV-11") ++told.unbalanced;
  }
  if (node_ && node_->is_up()) {
    for (const auto& [key, standing] : checker_.standings()) {
      ++told.payments;
      ++told.states[std::string(to_string(standing.state))];
    }
  }
  told.trace_hash = scheduler_.trace().hash();
  told.trace = scheduler_.trace().lines();
  return told;
}

WorldEnd run_world(WorldOptions options) {
  return World(std::move(options)).run();
}

}  // namespace payweir::sim
