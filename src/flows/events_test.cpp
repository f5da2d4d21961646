#include "flows/events.hpp"

#include <gtest/gtest.h>

#include "flows/accounts/merchants.hpp"
#include "flows/testkit.hpp"
#include "store/queries/event_queries.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

class EventsTest : public testing::Test {
 protected:
  EventsTest() { world.create_merchant("shop"); }

  std::shared_ptr<const MerchantEntry> merchant() {
    return world.run(world.context().directory.merchant_by_id("shop")).value();
  }

  void commit(store::ChangeSet changes) {
    const store::CommitAnswer answer = world.run(world.context().store.commit(std::move(changes)));
    ASSERT_TRUE(std::holds_alternative<store::commit::Committed>(answer));
  }

  Payment add_payment(std::string reference = "") {
    Context& context = world.context();
    store::PaymentRow row;
    row.payment.id = context.new_id<PaymentTag>();
    row.payment.merchant_no = merchant()->row.id.key;
    row.payment.profile_key = merchant()->row.default_profile_key;
    row.payment.state = PaymentState::cancelled;
    row.payment.amount = {1000, Currency::parse("USD").value()};
    row.payment.created_at = row.payment.modified_at = world.clock.wall();
    row.reference = reference;
    row.details = "{}";
    store::ChangeSet changes;
    changes.insert(row);
    if (!reference.empty())
      changes.insert(store::AliasRow{context.new_key(), row.payment.merchant_no, store::AliasKind::payment,
                                     reference, row.payment.id.key});
    commit(std::move(changes));
    return row.payment;
  }

  store::OutboxRow add_event(const Payment& payment, EventType type, std::int64_t sequence,
                             std::string body = "") {
    store::OutboxRow event;
    event.id = world.context().new_id<EventTag>();
    event.merchant_no = payment.merchant_no;
    event.profile_key = payment.profile_key;
    event.aggregate_key = payment.id.key;
    event.sequence = sequence;
    event.type = type;
    event.created_at = world.clock.wall();
    store::ChangeSet changes;
    changes.insert(event);
    if (!body.empty()) {
      store::DeliveryRow delivery;
      delivery.key = event.id.key;
      delivery.merchant_no = event.merchant_no;
      delivery.profile_key = event.profile_key;
      delivery.state = store::DeliveryState::dead;
      delivery.attempt_count = 9;
      delivery.body = std::move(body);
      changes.insert(delivery);
    }
    commit(std::move(changes));
    return event;
  }

  std::vector<std::string> list(ListEvents command) {
    command.merchant_id = "shop";
    std::vector<std::string> ids;
    const auto views = world.run(list_events(world.context(), world.admin(), std::move(command)));
    EXPECT_TRUE(views);
    for (const EventView& view : views.value_or(std::vector<EventView>()))
      ids.push_back(to_text(view.event.id));
    return ids;
  }

  Result<Answer> retry(const store::OutboxRow& event, Key key = std::nullopt) {
    return world.run(deliver_event_again(world.context(), world.admin(), std::move(key), "shop",
                                         to_text(event.id), world.rendering));
  }

  store::DeliveryRow delivery(const store::OutboxRow& event) {
    return world.run(store::find_delivery(world.context().store, event.id.key)).value().value();
  }

  World world;
};

TEST_F(EventsTest, AreListedNewestFirstAndFiltered) {
  const Payment one = add_payment(), two = add_payment("order-2");
  const std::string first = to_text(add_event(one, EventType::payment_processing, 1).id);
  world.clock.advance(seconds(10));
  const Instant later = world.clock.wall();
  const std::string second = to_text(add_event(one, EventType::payment_cancelled, 2).id);
  const std::string third = to_text(add_event(two, EventType::payment_cancelled, 1).id);

  EXPECT_EQ(list({}), (std::vector{third, second, first}));
  ListEvents command;
  command.types = {EventType::payment_cancelled};
  EXPECT_EQ(list(command), (std::vector{third, second}));
  command = {};
  command.object_id = "order-2";
  EXPECT_EQ(list(command), std::vector{third});
  command.object_id = to_text(one.id);
  EXPECT_EQ(list(command), (std::vector{second, first}));
  command = {};
  command.created_from = later;
  EXPECT_EQ(list(command), (std::vector{third, second}));
  command = {};
  command.limit = 1;
  command.offset = 1;
  EXPECT_EQ(list(command), std::vector{second});
}

TEST_F(EventsTest, NameTheirObjectAsTheMerchantKnowsIt) {
  const store::OutboxRow event = add_event(add_payment("order-2"), EventType::payment_cancelled, 1);
  const auto view = world.run(retrieve_event(world.context(), world.admin(), "shop", to_text(event.id)));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->object_id, "order-2");
  EXPECT_FALSE(view->delivery);
}

TEST_F(EventsTest, AreDeliveredAgainWithTheSameBody) {
  const store::OutboxRow event =
      add_event(add_payment(), EventType::payment_cancelled, 1, "{\"exactly\":\"this\"}");
  ASSERT_TRUE(retry(event));
  const store::DeliveryRow due = delivery(event);
  EXPECT_EQ(due.state, store::DeliveryState::pending);
  EXPECT_EQ(due.due_at, world.clock.wall());
  EXPECT_EQ(due.body, "{\"exactly\":\"this\"}");
  EXPECT_EQ(due.key, event.id.key) << "the webhook-id is the event's";
}

TEST_F(EventsTest, AreRenderedNowWhenTheyHadNoEndpoint) {
  const Payment payment = add_payment("order-2");
  const store::OutboxRow event = add_event(payment, EventType::payment_cancelled, 1);
  const Result<Answer> refused = retry(event);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "webhook_details.webhook_url");

  UpdateMerchant command;
  command.merchant_id = "shop";
  command.settings.webhook_url = "https://shop.example/hook";
  ASSERT_TRUE(
      world.run(update_merchant(world.context(), world.admin(), std::nullopt, command, world.rendering)));
  ASSERT_TRUE(retry(event));
  const store::DeliveryRow due = delivery(event);
  EXPECT_EQ(due.state, store::DeliveryState::pending);
  EXPECT_TRUE(due.body.contains(to_text(event.id)));
  EXPECT_TRUE(due.body.contains(R"("payment_id":"order-2")"));
  ASSERT_TRUE(retry(event)) << "and a second time it has one";
  EXPECT_EQ(delivery(event).body, due.body);
}

TEST_F(EventsTest, AreDueOnceForOneIdempotencyKey) {
  const store::OutboxRow event = add_event(add_payment(), EventType::payment_cancelled, 1, "{}");
  const auto key = world.request_key(world.admin(), "k");
  const Answer first = retry(event, key).value();
  const std::int64_t version = delivery(event).version;
  const Answer second = retry(event, key).value();
  EXPECT_TRUE(second.replayed);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(delivery(event).version, version);
}

}  // namespace
}  // namespace payweir::flows
