// docs/statuses.md is written from the machine itself: every pair of states that can be reached, the
// words that the outside sees in each API, and the events that a merchant gets on the way in.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "api/dialects/quickstart/rendering.hpp"
#include "api/dialects/transactions/rendering.hpp"
#include "api/dialects/unipay/rendering.hpp"
#include "domain/testkit.hpp"

namespace payweir {
namespace {

using StatePair = std::pair<PaymentState, std::optional<AttemptState>>;

StatePair states_of(const PaymentAggregate& aggregate) {
  return {aggregate.payment.state,
          aggregate.attempt ? std::optional(aggregate.attempt->state) : std::nullopt};
}

// What a payment, or a refund, is called and what is told of it.
struct Words {
  std::set<std::string> unipay, transactions, quickstart, events;
};

struct Tables {
  std::map<StatePair, Words> payments;
  std::map<RefundState, Words> refunds;
};

void add_words(const PaymentAggregate& aggregate, Tables& tables) {
  namespace dialects = api::dialects;
  const Payment& payment = aggregate.payment;
  Words& words = tables.payments[states_of(aggregate)];
  words.unipay.emplace(dialects::unipay::status_of(payment.state));
  words.transactions.emplace(dialects::transactions::status_of(payment, aggregate.attempt));
  words.quickstart.emplace(dialects::quickstart::status_of(payment));
  if (!aggregate.refund) return;
  Words& of_refund = tables.refunds[aggregate.refund->state];
  of_refund.transactions.emplace(dialects::transactions::status_of(*aggregate.refund));
  of_refund.quickstart.emplace(dialects::quickstart::status_of(aggregate.refund->state));
}

Tables collect() {
  Tables tables;
  testkit::explore([&](const testkit::Step& step) {
    add_words(step.before, tables);
    if (!step.result) return;
    add_words(step.result->next, tables);
    for (const PaymentEffect& each : step.result->effects) {
      const auto* emit = std::get_if<effect::Emit>(&each);
      if (emit == nullptr) continue;
      const std::string word(to_string(emit->type));
      if (emit->type == EventType::refund_succeeded || emit->type == EventType::refund_failed)
        tables.refunds[step.result->next.refund->state].events.insert(word);
      else
        tables.payments[states_of(step.result->next)].events.insert(word);
    }
  });
  return tables;
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "`" : ", `") + word + "`";
  return text.empty() ? "–" : text;
}

std::string render() {
  const Tables tables = collect();
  std::ostringstream out;
  out << "<!-- Generated: the test StatusTable prints what must stand here. -->\n"
         "# Statuses\n\n"
         "Every state that a payment can reach, and the words that the outside sees for it. IntentStatus is\n"
         "the payment's `status`; AttemptStatus is that of its newest attempt. The event is sent on the way\n"
         "into the state; a repeated or late word of the gateway that changes nothing sends none. The three\n"
         "columns before it are what the dialects (docs/dialects) call the payment.\n\n"
         "| attempt, inside | AttemptStatus | IntentStatus | unipay | transactions | quickstart | webhook "
         "event |\n"
         "|---|---|---|---|---|---|---|\n";
  for (const auto& [states, words] : tables.payments) {
    const auto& [payment, attempt] = states;
    out << "| " << (attempt ? testkit::name_of(*attempt) : "–") << " | ";
    if (attempt)
      out << '`' << to_string(*attempt) << '`';
    else
      out << "–";
    out << " | `" << to_string(payment) << "` | " << joined(words.unipay) << " | "
        << joined(words.transactions) << " | " << joined(words.quickstart) << " | " << joined(words.events)
        << " |\n";
  }
  out << "\n`conflicted` is the end of a payment whose gateway answered with another amount, currency or\n"
         "payment than was asked for: nothing is booked and nobody is told a result; a person decides.\n\n"
         "`requires_merchant_action` is a payment that the gateway said nothing usable about for as long as "
         "the\n"
         "resolver's policy allows. The switch goes on asking; a person may settle it first.\n\n"
         "On the payment page, a payer whose attempt came to nothing may pay another way: the payment is\n"
         "`requires_payment_method` again.\n\n"
         "`auto_refunded` is an attempt that was given up, charged or held money all the same, and gives it\n"
         "back, or has done so. A failed payment that nobody has paid otherwise is taken for what the "
         "gateway\n"
         "says instead: it may still become `succeeded`.\n\n"
         "## Refunds\n\n"
         "A refund that succeeded may still come back from the payer's bank: it is then `failed`.\n\n"
         "| refund status | transactions | quickstart | webhook event |\n"
         "|---|---|---|---|\n";
  for (const auto& [state, words] : tables.refunds)
    out << "| `" << to_string(state) << "` | " << joined(words.transactions) << " | "
        << joined(words.quickstart) << " | " << joined(words.events) << " |\n";
  return out.str();
}

TEST(StatusTable, IsWhatTheDocumentSays) {
  std::ostringstream document;
  document << std::ifstream("docs/statuses.md").rdbuf();
  const std::string expected = render();
  EXPECT_TRUE(document.str() == expected) << "docs/statuses.md must read:\n" << expected;
}

}  // namespace
}  // namespace payweir
