// Update and confirm: both change what is not decided yet; confirm then starts an attempt.
#include "flows/authorise.hpp"
#include "flows/routing/routing_means.hpp"

namespace payweir::flows {
namespace {

// What either request may bring.
struct Change {
  std::string payment_id;
  std::string client_secret;
  std::optional<std::int64_t> amount_minor, amount_to_capture;
  std::optional<Currency> currency;
  std::optional<CaptureMethod> capture_method;
  std::optional<AuthenticationType> authentication_type;
  std::optional<Instrument> instrument;
  SharedValue<PaymentDetails> details;
  std::string only_account;
  bool confirms = false;
  bool on_payment_page = false;
};

void take_if_given(std::string& stored, const std::string& given) {
  if (!given.empty()) stored = given;
}

void merge(PaymentDetails& stored, const PaymentDetails& given) {
  for (std::string PaymentDetails::* member : {&PaymentDetails::customer_id,
                                               &PaymentDetails::email,
                                               &PaymentDetails::name,
                                               &PaymentDetails::phone,
                                               &PaymentDetails::phone_country_code,
                                               &PaymentDetails::description,
                                               &PaymentDetails::return_url,
                                               &PaymentDetails::statement_descriptor_name,
                                               &PaymentDetails::statement_descriptor_suffix,
                                               &PaymentDetails::setup_future_usage,
                                               &PaymentDetails::payment_method,
                                               &PaymentDetails::payment_method_type,
                                               &PaymentDetails::business_country,
                                               &PaymentDetails::business_label,
                                               &PaymentDetails::metadata_json,
                                               &PaymentDetails::billing_json,
                                               &PaymentDetails::shipping_json,
                                               &PaymentDetails::payment_method_billing_json,
                                               &PaymentDetails::browser_info_json,
                                               &PaymentDetails::order_details_json,
                                               &PaymentDetails::routing_json})
    take_if_given(stored.*member, given.*member);
  const bool is_another = !given.card.empty() || !given.wallet.empty() || !given.local_method.empty();
  if (is_another) {  // it replaces the way to pay that was there before
    stored.card = given.card;
    stored.wallet = given.wallet;
    stored.payer_id = given.payer_id;
    stored.local_method = given.local_method;
    stored.bank = given.bank;
    stored.account_last4 = given.account_last4;
    stored.payment_method_type = given.payment_method_type;
  }
  if (given.has_off_session) {
    stored.has_off_session = true;
    stored.off_session = given.off_session;
  }
}

// The changes that come before a confirm, as one step of the version.
Result<PaymentAggregate> decide_changes(const PaymentAggregate& stored, const Change& change, Instant now) {
  PaymentAggregate next = stored;
  const auto step = [&](const PaymentEvent& event) -> Result<void> {
    Result<Decision> decision = decide(next, event, now);
    if (!decision) return fail(std::move(decision.error()));
    next = std::move(decision->next);
    return {};
  };
  if (change.on_payment_page && stored.payment.state == PaymentState::failed)
    if (Result<void> done = step(event::PayAgain{}); !done) return fail(std::move(done.error()));
  const Money amount{change.amount_minor.value_or(stored.payment.amount.minor),
                     change.currency.value_or(stored.payment.amount.currency)};
  if (change.amount_to_capture && *change.amount_to_capture > amount.minor)
    return fail(Code::invalid_value, "amount_to_capture", "amount_to_capture must not exceed amount");
  // An amount that stays the same goes through decide() too: it refuses when the state allows no change.
  if (!change.confirms || amount != stored.payment.amount)
    if (Result<void> done = step(event::AmountChanged{amount}); !done) return fail(std::move(done.error()));
  if (change.instrument)
    if (Result<void> done = step(event::PaymentMethodGiven{}); !done) {
      if (change.confirms && done.error().code == Code::illegal_transition)  // the verb that was asked for
        return fail(Code::illegal_transition, "status",
                    "You cannot confirm this payment because it has status " +
                        std::string(to_string(stored.payment.state)));
      return fail(std::move(done.error()));
    }
  if (change.capture_method) next.payment.capture_method = *change.capture_method;
  if (change.authentication_type) next.payment.authentication_type = *change.authentication_type;
  return next;
}

Task<Result<Answer>> store_changes(Context& context, Key key, PaymentSnapshot snapshot,
                                   std::optional<Instrument> instrument, bool& conflict,
                                   const Rendering& rendering) {
  const std::int64_t payment_key = snapshot.aggregate.payment.id.key;
  store::ChangeSet changes;
  apply(context, snapshot, Decision{snapshot.aggregate, {}, true}, RowIs::stored, changes);
  Answer answer;
  answer.body = rendering.payment(view_of(context, snapshot));
  if (key) {
    const std::int64_t claim_key = claim(context, changes, *key, payment_key);
    store_answer(context, changes, claim_key, answer);
  }
  Result<Recorded> recorded =
      co_await record(context, std::move(changes), key, AnswerWith::payment, rendering);
  if (!recorded) co_return fail(std::move(recorded.error()));
  if (recorded->replayed) co_return std::move(*recorded->replayed);
  conflict = recorded->conflict;
  std::optional<Secret> held;
  if (instrument && !conflict) held = serialise_held(*instrument);
  if (held && !context.cards.put(payment_key, *std::move(held), context.clock.wall()))
    co_return fail(Code::overloaded, "payment_method_data",
                   "too many cards wait for their confirm; try again later");
  co_return answer;
}

// The wallet that was named at create; a code that the payer's app showed is too old by now.
Result<Instrument> named_wallet(const PaymentDetails& details) {
  const std::optional<PaymentMethod> method = parse_wallet(details.wallet);
  if (!method || is_barcode(*method))
    return fail(Code::payment_method_missing, "payment_method_data",
                "the payer's code is good for a minute; send payment_method_data again");
  return Wallet{*method, details.payer_id, Secret()};
}

// What the payer gives now, or what waits since create. Taken last: a request that is refused must leave it
// where it is.
Result<Instrument> take_instrument(Context& context, const PaymentSnapshot& snapshot,
                                   std::optional<Instrument> given, Instant now) {
  const std::int64_t payment_key = snapshot.aggregate.payment.id.key;
  if (given) {
    static_cast<void>(context.cards.take(payment_key, now));
    return std::move(*given);
  }
  if (!snapshot.details->wallet.empty()) return named_wallet(*snapshot.details);
  const std::optional<PaymentMethod> local = parse_local_method(snapshot.details->local_method);
  if (local && !is_bank_debit(*local)) return LocalMethod{.method = *local, .bank = snapshot.details->bank};
  const std::optional<Secret> held = context.cards.take(payment_key, now);
  if (!held)
    return fail(
        Code::payment_method_missing, "payment_method_data",
        "what it is paid with is no longer held (15 minutes, or a restart); send payment_method_data again");
  return parse_held(*held, *snapshot.details);
}

PaymentMethod method_of(const Change& change, const PaymentDetails& details) {
  if (change.instrument) return method_of(*change.instrument);
  if (const auto local = parse_local_method(details.local_method)) return *local;
  return parse_wallet(details.wallet).value_or(PaymentMethod::card);
}

Task<Result<Answer>> change_payment(Context& context, Principal principal, Key key, Change change,
                                    const Rendering& rendering) {
  for (int round = 0; round < kConflictRetriesMax; ++round) {
    Result<PaymentSnapshot> loaded = co_await load_payment(context, principal.merchant, change.payment_id);
    if (!loaded) co_return fail(std::move(loaded.error()));
    PaymentSnapshot snapshot = std::move(*loaded);
    if (Result<void> known = check_client_secret(context, principal, snapshot, change.client_secret); !known)
      co_return fail(std::move(known.error()));
    const Instant now = context.clock.wall();
    const std::int64_t stored_version = snapshot.aggregate.payment.version;
    const PaymentState before = snapshot.aggregate.payment.state;
    Result<PaymentAggregate> changed = decide_changes(snapshot.aggregate, change, now);
    if (!changed) {
      Result<Answer> answer =
          co_await replay_or_fail(context, key, std::move(changed.error()), AnswerWith::payment, rendering);
      co_return answer;
    }
    snapshot.aggregate = std::move(*changed);
    merge(snapshot.details.edit(), *change.details);
    if (change.on_payment_page) snapshot.details.edit().paid_on = "page";
    if (!change.confirms) {
      snapshot.aggregate.payment.version = stored_version + 1;
      bool conflict = false;
      Result<Answer> answer =
          co_await store_changes(context, key, std::move(snapshot), change.instrument, conflict, rendering);
      if (conflict) continue;
      co_return answer;
    }

    const std::optional<Admission::Ticket> ticket = admit(context, principal);
    if (!ticket) {
      Result<Answer> answer =
          co_await replay_or_fail(context, key, too_many_in_flight(), AnswerWith::payment, rendering);
      co_return answer;
    }
    event::Confirm confirm;
    confirm.attempt_id = context.new_id<AttemptTag>();
    confirm.operation_id = context.new_id<OperationTag>();
    confirm.ask_at = first_ask(context.settings, now);
    confirm.method = method_of(change, *snapshot.details);
    Result<Decision> decision = decide(snapshot.aggregate, confirm, now);
    if (!decision) {
      Result<Answer> answer =
          co_await replay_or_fail(context, key, std::move(decision.error()), AnswerWith::payment, rendering);
      co_return answer;
    }
    if (!snapshot.profile) co_return fail(Code::not_found, "profile_id", "the business profile was deleted");
    const Card* given = change.instrument ? std::get_if<Card>(&*change.instrument) : nullptr;
    Result<Route> route =
        choose_route(context, {*snapshot.profile, snapshot.aggregate.payment, *snapshot.details,
                               confirm.method, given, change.only_account});
    if (!route) {
      Result<Answer> answer =
          co_await replay_or_fail(context, key, std::move(route.error()), AnswerWith::payment, rendering);
      co_return answer;
    }
    Result<Heading> heading = set_out(context, std::move(*route));
    if (!heading) {
      Result<Answer> answer =
          co_await replay_or_fail(context, key, std::move(heading.error()), AnswerWith::payment, rendering);
      co_return answer;
    }
    snapshot.account = heading->account;
    if (snapshot.details->routed_by_json != heading->reason_json)
      snapshot.details.edit().routed_by_json = std::move(heading->reason_json);
    decision->next.attempt->connector_account_key = snapshot.account->row.id.key;
    decision->next.operation->connector_account_key = snapshot.account->row.id.key;
    decision->next.payment.version = stored_version + 1;

    const std::int64_t payment_key = snapshot.aggregate.payment.id.key;
    Result<Instrument> instrument = take_instrument(context, snapshot, change.instrument, now);
    if (!instrument) {
      turn_back(context, *heading);
      Result<Answer> answer = co_await replay_or_fail(context, key, std::move(instrument.error()),
                                                      AnswerWith::payment, rendering);
      co_return answer;
    }
    const Duration send_by = send_by_of(context);
    store::ChangeSet changes;
    apply(context, snapshot, std::move(*decision), RowIs::stored, changes);
    std::optional<std::int64_t> claim_key;
    if (key) claim_key = claim(context, changes, *key, payment_key);
    Result<Recorded> recorded =
        co_await record(context, std::move(changes), key, AnswerWith::payment, rendering);
    // Not recorded, so not sent: the card waits on for the next try.
    if (!recorded || recorded->conflict)
      if (std::optional<Secret> held = serialise_held(*instrument))
        static_cast<void>(context.cards.put(payment_key, *std::move(held), now));
    if (!recorded || recorded->replayed || recorded->conflict) turn_back(context, *heading);
    if (!recorded) co_return fail(std::move(recorded.error()));
    if (recorded->replayed) co_return std::move(*recorded->replayed);
    if (recorded->conflict) continue;
    count_state(context, before, snapshot);
    std::optional<Instrument> sent = std::move(*instrument);
    Result<Answer> answer = co_await authorise(context, std::move(snapshot), std::move(sent),
                                               std::move(*heading), send_by, claim_key, rendering);
    co_return answer;
  }
  co_return fail(Code::store_busy, "", "too many writers at once on this payment; try again");
}

}  // namespace

Task<Result<Answer>> update_payment(Context& context, Principal principal, Key key, UpdatePayment command,
                                    const Rendering& rendering) {
  Change change;
  change.payment_id = std::move(command.payment_id);
  change.amount_minor = command.amount_minor;
  change.amount_to_capture = command.amount_to_capture;
  change.currency = command.currency;
  change.capture_method = command.capture_method;
  change.authentication_type = command.authentication_type;
  change.instrument = std::move(command.instrument);
  change.details = std::move(command.details);
  change.confirms = command.confirm;
  Result<Answer> answer =
      co_await change_payment(context, std::move(principal), std::move(key), std::move(change), rendering);
  co_return answer;
}

Task<Result<Answer>> confirm_payment(Context& context, Principal principal, Key key, ConfirmPayment command,
                                     const Rendering& rendering) {
  Change change;
  change.payment_id = std::move(command.payment_id);
  change.client_secret = std::move(command.client_secret);
  change.instrument = std::move(command.instrument);
  change.only_account = std::move(command.only_account);
  change.details = std::move(command.details);
  change.confirms = true;
  change.on_payment_page = command.on_payment_page;
  Result<Answer> answer =
      co_await change_payment(context, std::move(principal), std::move(key), std::move(change), rendering);
  co_return answer;
}

}  // namespace payweir::flows
