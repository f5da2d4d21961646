#include "flows/authorise.hpp"
#include "flows/routing/routing_means.hpp"

namespace payweir::flows {
namespace {

std::shared_ptr<const ProfileEntry> find_profile(const MerchantEntry& merchant,
                                                 const std::string& profile_id) {
  if (profile_id.empty()) return merchant.default_profile();
  const Result<ProfileId> id = parse_id<ProfileTag>(profile_id);
  if (!id) return nullptr;
  std::shared_ptr<const ProfileEntry> profile = merchant.find_profile(id->key);
  return profile && profile->row.id == *id ? profile : nullptr;
}

// The payment's own, else its profile's, else the switch's.
Duration session_expiry(const Context& context, const CreatePayment& command, const ProfileEntry& profile) {
  if (command.session_expiry_s > 0) return seconds(command.session_expiry_s);
  const Duration of_profile = profile.details.session_expiry();
  return of_profile.ms > 0 ? of_profile : context.settings.session_expiry;
}

Payment make_payment(Context& context, const CreatePayment& command, const PaymentSnapshot& snapshot,
                     Instant now) {
  Payment payment;
  payment.id = context.new_id<PaymentTag>();
  payment.merchant_no = snapshot.merchant->row.id.key;
  payment.profile_key = snapshot.profile->row.id.key;
  payment.amount = command.amount;
  payment.capture_method = command.capture_method;
  payment.authentication_type = command.authentication_type;
  payment.has_payment_method = command.instrument.has_value();
  payment.state = payment.has_payment_method ? PaymentState::requires_confirmation
                                             : PaymentState::requires_payment_method;
  payment.created_at = payment.modified_at = now;
  payment.expires_at = now + session_expiry(context, command, *snapshot.profile);
  return payment;
}

// Without confirm nothing is sent: one commit holds the payment, the claim and the answer.
Task<Result<Answer>> create_only(Context& context, Key key, PaymentSnapshot snapshot,
                                 std::optional<Instrument> instrument, const Rendering& rendering) {
  const std::int64_t payment_key = snapshot.aggregate.payment.id.key;
  store::ChangeSet changes;
  apply(context, snapshot, Decision{snapshot.aggregate, {}, true}, RowIs::fresh, changes);
  Answer answer;
  answer.body = rendering.payment(view_of(context, snapshot));
  if (key) {
    const std::int64_t claim_key = claim(context, changes, *key, payment_key);
    store_answer(context, changes, claim_key, answer);
  }
  std::optional<Secret> held;
  if (instrument) held = serialise_held(*instrument);
  const bool is_held = held.has_value();
  if (is_held && !context.cards.put(payment_key, *std::move(held), context.clock.wall()))
    co_return fail(Code::overloaded, "payment_method_data",
                   "too many cards wait for their confirm; try again later");
  Result<Recorded> recorded =
      co_await record(context, std::move(changes), std::move(key), AnswerWith::payment, rendering);
  if (recorded && !recorded->replayed) co_return answer;
  // This payment was not made: its card must not wait for a confirm that cannot come.
  if (is_held) static_cast<void>(context.cards.take(payment_key, context.clock.wall()));
  if (!recorded) co_return fail(std::move(recorded.error()));
  co_return std::move(*recorded->replayed);
}

}  // namespace

Task<Result<Answer>> create_payment(Context& context, Principal principal, Key key, CreatePayment command,
                                    const Rendering& rendering) {
  if (Result<void> usable = check_reference("payment_id", command.payment_id); !usable)
    co_return fail(std::move(usable.error()));
  if (command.amount.minor < 1) co_return fail(Code::invalid_value, "amount", "amount must be at least 1");
  if (command.confirm && command.details->has_link)
    co_return fail(Code::invalid_value, "confirm", "cannot confirm a payment while creating a payment link");
  if (command.amount_to_capture && *command.amount_to_capture > command.amount.minor)
    co_return fail(Code::invalid_value, "amount_to_capture", "amount_to_capture must not exceed amount");
  PaymentSnapshot snapshot;
  snapshot.merchant = principal.merchant;
  snapshot.profile = find_profile(*principal.merchant, command.profile_id);
  if (!snapshot.profile)
    co_return fail(Code::not_found, "profile_id", "Business profile does not exist in our records");
  const Instant now = context.clock.wall();
  snapshot.reference = command.payment_id;
  snapshot.aggregate.payment = make_payment(context, command, snapshot, now);
  snapshot.details = std::move(command.details);
  if (!command.confirm) {
    Result<Answer> created = co_await create_only(context, std::move(key), std::move(snapshot),
                                                  std::move(command.instrument), rendering);
    co_return created;
  }

  const std::optional<Admission::Ticket> ticket = admit(context, principal);
  if (!ticket) {
    Result<Answer> answer = co_await replay_or_fail(context, std::move(key), too_many_in_flight(),
                                                    AnswerWith::payment, rendering);
    co_return answer;
  }
  const PaymentMethod method = command.instrument ? method_of(*command.instrument) : PaymentMethod::card;
  const Card* card = command.instrument ? std::get_if<Card>(&*command.instrument) : nullptr;
  Result<Route> route =
      choose_route(context, {*snapshot.profile, snapshot.aggregate.payment, *snapshot.details, method, card});
  if (!route) {  // switched off since, perhaps: a repeated request still gets its first answer
    Result<Answer> answer = co_await replay_or_fail(context, std::move(key), std::move(route.error()),
                                                    AnswerWith::payment, rendering);
    co_return answer;
  }
  Result<Heading> heading = set_out(context, std::move(*route));
  if (!heading) {
    Result<Answer> answer = co_await replay_or_fail(context, std::move(key), std::move(heading.error()),
                                                    AnswerWith::payment, rendering);
    co_return answer;
  }
  snapshot.account = heading->account;
  if (!heading->reason_json.empty()) snapshot.details.edit().routed_by_json = std::move(heading->reason_json);
  event::Confirm confirm;
  confirm.attempt_id = context.new_id<AttemptTag>();
  confirm.operation_id = context.new_id<OperationTag>();
  confirm.connector_account_key = snapshot.account->row.id.key;
  confirm.ask_at = first_ask(context.settings, now);
  confirm.method = method;
  Result<Decision> decision = decide(snapshot.aggregate, confirm, now);
  if (!decision) co_return fail(std::move(decision.error()));

  const Duration send_by = send_by_of(context);
  store::ChangeSet changes;
  apply(context, snapshot, std::move(*decision), RowIs::fresh, changes);
  std::optional<std::int64_t> claim_key;
  if (key) claim_key = claim(context, changes, *key, snapshot.aggregate.payment.id.key);
  Result<Recorded> recorded =
      co_await record(context, std::move(changes), std::move(key), AnswerWith::payment, rendering);
  if (!recorded || recorded->replayed) turn_back(context, *heading);
  if (!recorded) co_return fail(std::move(recorded.error()));
  if (recorded->replayed) co_return std::move(*recorded->replayed);
  Result<Answer> answer = co_await authorise(context, std::move(snapshot), std::move(command.instrument),
                                             std::move(*heading), send_by, claim_key, rendering);
  co_return answer;
}

}  // namespace payweir::flows
