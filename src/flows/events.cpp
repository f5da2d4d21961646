#include "flows/events.hpp"

#include "flows/accounts/access.hpp"
#include "flows/accounts/change.hpp"
#include "flows/snapshot.hpp"
#include "store/queries/event_queries.hpp"
#include "store/queries/payment_queries.hpp"
#include "store/queries/refund_queries.hpp"

namespace payweir::flows {
namespace {

std::unexpected<Error> no_such_event() {
  return fail(Code::not_found, "event_id", "Event does not exist in our records");
}

Task<Result<std::string>> object_id_of(Context& context, store::OutboxRow event) {
  if (event.refund_key != 0) {
    auto refund = co_await store::find_refund_by_key(context.store, event.refund_key);
    if (!refund) co_return fail(std::move(refund.error()));
    if (!*refund) co_return std::string();
    co_return (*refund)->reference.empty() ? to_text((*refund)->refund.id) : (*refund)->reference;
  }
  auto payment = co_await store::find_payment_by_key(context.store, event.aggregate_key);
  if (!payment) co_return fail(std::move(payment.error()));
  if (!*payment) co_return std::string();
  co_return (*payment)->reference.empty() ? to_text((*payment)->payment.id) : (*payment)->reference;
}

Task<Result<EventView>> complete(Context& context, std::shared_ptr<const MerchantEntry> merchant,
                                 store::OutboxRow event) {
  EventView view;
  view.merchant_id = merchant->row.merchant_id;
  if (const auto profile = merchant->find_profile(event.profile_key))
    view.profile_id = to_text(profile->row.id);
  auto delivery = co_await store::find_delivery(context.store, event.id.key);
  if (!delivery) co_return fail(std::move(delivery.error()));
  view.delivery = std::move(*delivery);
  Result<std::string> object_id = co_await object_id_of(context, event);
  if (!object_id) co_return fail(std::move(object_id.error()));
  view.object_id = std::move(*object_id);
  view.event = std::move(event);
  co_return view;
}

Task<Result<EventView>> load(Context& context, std::shared_ptr<const MerchantEntry> merchant,
                             std::string event_id) {
  const Result<EventId> id = parse_id<EventTag>(event_id);
  if (!id) co_return no_such_event();
  auto event = co_await store::find_event(context.store, merchant->row.id.key, *id);
  if (!event) co_return fail(std::move(event.error()));
  if (!*event) co_return no_such_event();
  store::OutboxRow row = std::move(**event);
  Result<EventView> view = co_await complete(context, std::move(merchant), std::move(row));
  co_return view;
}

// What an object_id in a filter names.
struct FilteredObject {
  std::int64_t payment_key = 0;
  std::int64_t refund_key = 0;  // 0: the payment itself
};
Task<Result<FilteredObject>> find_object(Context& context, std::shared_ptr<const MerchantEntry> merchant,
                                         std::string object_id) {
  Result<PaymentSnapshot> payment = co_await load_payment(context, merchant, object_id);
  if (payment) co_return FilteredObject{payment->aggregate.payment.id.key, 0};
  if (payment.error().code != Code::not_found) co_return fail(std::move(payment.error()));
  Result<PaymentSnapshot> refund = co_await load_refund(context, std::move(merchant), std::move(object_id));
  if (!refund) co_return fail(std::move(refund.error()));
  co_return FilteredObject{refund->aggregate.payment.id.key, refund->aggregate.refund->id.key};
}

// The delivery of an event that had none. Error: invalid_value.
Task<Result<store::DeliveryRow>> make_delivery(Context& context,
                                               std::shared_ptr<const MerchantEntry> merchant,
                                               store::OutboxRow event) {
  const auto profile = merchant->find_profile(event.profile_key);
  if (!profile || profile->row.webhook_url.empty())
    co_return fail(Code::invalid_value, "webhook_details.webhook_url", "the profile has no webhook address");
  Result<PaymentSnapshot> snapshot;
  if (event.refund_key != 0)
    snapshot = co_await load_refund_by_key(context, event.refund_key);
  else
    snapshot = co_await load_payment_by_key(context, event.aggregate_key);
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  store::DeliveryRow delivery;
  delivery.key = event.id.key;
  delivery.merchant_no = event.merchant_no;
  delivery.profile_key = event.profile_key;
  delivery.body = webhook_body(context, *snapshot, event);
  co_return delivery;
}

}  // namespace

Task<Result<std::vector<EventView>>> list_events(Context& context, Principal principal, ListEvents command) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(command.merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  store::EventFilter filter;
  filter.merchant_no = (*merchant)->row.id.key;
  filter.types = std::move(command.types);
  filter.created_from = command.created_from;
  filter.created_to = command.created_to;
  filter.limit = command.limit;
  filter.offset = command.offset;
  if (!command.profile_id.empty()) {
    auto profile = reach_profile(**merchant, command.profile_id);
    if (!profile) co_return fail(std::move(profile.error()));
    filter.profile_key = (*profile)->row.id.key;
  }
  std::int64_t refund_key = 0;
  if (!command.object_id.empty()) {
    Result<FilteredObject> object = co_await find_object(context, *merchant, std::move(command.object_id));
    if (!object) co_return fail(std::move(object.error()));
    filter.payment_key = object->payment_key;
    refund_key = object->refund_key;
  }
  auto rows = co_await store::list_events(context.store, std::move(filter));
  if (!rows) co_return fail(std::move(rows.error()));
  std::vector<EventView> views;
  for (store::OutboxRow& row : *rows) {
    if (refund_key != 0 && row.refund_key != refund_key) continue;
    Result<EventView> view = co_await complete(context, *merchant, std::move(row));
    if (!view) co_return fail(std::move(view.error()));
    views.push_back(std::move(*view));
  }
  co_return views;
}

Task<Result<EventView>> retrieve_event(Context& context, Principal principal, std::string merchant_id,
                                       std::string event_id) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  Result<EventView> view = co_await load(context, std::move(*merchant), std::move(event_id));
  co_return view;
}

Task<Result<Answer>> deliver_event_again(Context& context, Principal principal, Key key,
                                         std::string merchant_id, std::string event_id,
                                         const EventRendering& rendering) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    Result<EventView> view = co_await load(context, *merchant, event_id);
    if (!view) co_return fail(std::move(view.error()));
    AccountChange change = begin_change(context, key, view->event.id.key);
    if (view->delivery) {
      view->delivery->state = store::DeliveryState::pending;
      view->delivery->due_at = context.clock.wall();
      ++view->delivery->version;
      change.rows.update(*view->delivery);
    } else {
      Result<store::DeliveryRow> made = co_await make_delivery(context, *merchant, view->event);
      if (!made) co_return fail(std::move(made.error()));
      made->due_at = context.clock.wall();
      view->delivery = std::move(*made);
      change.rows.insert(*view->delivery);
    }
    Answer answer;
    answer.body = rendering.event(*view);
    auto committed = co_await commit_change(context, std::move(change), std::move(answer),
                                            AnswerContent::ordinary, "event_id");
    // Another request made the delivery in the meantime.
    const bool raced = !committed && committed.error().code == Code::duplicate_resource;
    if (!committed && !raced) co_return fail(std::move(committed.error()));
    if (committed && *committed) co_return std::move(**committed);
  }
  co_return too_many_writers();
}

}  // namespace payweir::flows
