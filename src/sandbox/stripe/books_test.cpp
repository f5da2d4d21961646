#include "sandbox/stripe/books.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "sandbox/stripe/control.hpp"
#include "sandbox/stripe/testkit.hpp"

namespace payweir::sandbox::stripe {
namespace {

// The sums that Books keeps, added up again from the intents.
std::map<std::pair<std::uint32_t, std::string>, Totals> recount(const Books& books) {
  std::map<std::pair<std::uint32_t, std::string>, Totals> sums;
  for (std::uint32_t i = 0; i < books.size(); ++i) {
    const Intent& intent = books.at(i);
    if (intent.charges.empty()) continue;
    Totals& totals = sums[{intent.account, std::string(intent.currency.code())}];
    for (const Charge& charge : intent.charges) {
      if (!charge.paid()) {
        ++totals.declines;
        continue;
      }
      ++totals.charges;
      totals.authorized += charge.amount;
      totals.captured += charge.captured;
      totals.refunded += charge.refunded;
      if (!charge.open) totals.released += charge.amount - charge.captured;
    }
    for (const Refund& refund : intent.refunds)
      if (refund.status != RefundStatus::failed) ++totals.refunds;
  }
  return sums;
}

void expect_sums_hold(const Books& books) {
  const auto sums = recount(books);
  for (std::uint32_t account = 0; account < books.accounts().size(); ++account)
    for (const auto& [code, kept] : books.accounts()[account].totals) {
      const auto at = sums.find({account, code});
      RC_ASSERT(at != sums.end());
      const Totals& counted = at->second;
      RC_ASSERT(kept.charges == counted.charges && kept.declines == counted.declines);
      RC_ASSERT(kept.refunds == counted.refunds && kept.authorized == counted.authorized);
      RC_ASSERT(kept.captured == counted.captured && kept.released == counted.released);
      RC_ASSERT(kept.refunded == counted.refunded);
    }
  for (std::uint32_t i = 0; i < books.size(); ++i)
    for (const Charge& charge : books.at(i).charges) {
      RC_ASSERT(charge.captured >= 0 && charge.captured <= charge.amount);
      RC_ASSERT(charge.refunded >= 0 && charge.refunded <= charge.captured);
    }
}

template <class T>
T one_of(Draws& draws, std::initializer_list<T> choices) {
  return *(choices.begin() + draws.below(choices.size()));
}

// A client that pays, captures, cancels and refunds at random under random faults, and sends some
// requests again.
class Storm {
 public:
  explicit Storm(std::uint64_t seed) : client(seed), chance(seed ^ 0x5eed) {}

  void step() {
    client.now = client.now + milliseconds(static_cast<std::int64_t>(chance.below(4000)));
    if (chance.chance(100'000)) plant();
    if (!sent.empty() && chance.chance(200'000)) return replay();
    const std::string target = ids.empty() ? "" : ids[chance.below(ids.size())];
    switch (chance.below(target.empty() ? 1 : 6)) {
      case 0: return pay();
      case 1: return send("/v1/payment_intents/" + target + "/capture", {{"amount_to_capture", amount()}});
      case 2: return send("/v1/payment_intents/" + target + "/cancel", {});
      case 3: return send("/v1/refunds", {{"payment_intent", target}, {"amount", amount()}});
      case 4: return send("/v1/payment_intents/" + target + "/confirm", {{"payment_method", "pm_card_visa"}});
      default:
        client.browse(http::Method::post, "/3ds/" + target,
                      one_of(chance, {"decision=approve", "decision=decline"}));
    }
  }

  Client client;
  Draws chance;
  struct Sent {
    std::string path;
    Fields fields;
    std::string key;
    std::string api_key;
  };
  std::vector<Sent> sent;
  std::vector<std::string> ids;

 private:
  std::string amount() { return std::to_string(1 + chance.below(7000)); }
  void plant() {
    client.model.faults().clear();
    const char* kind =
        one_of(chance, {"slow", "late", "down", "silent", "silent_before", "error_500_after", "stored_500",
                        "stored_500_before", "wrong_amount", "someone_elses_answer", "garbage"});
    client.plant(R"({"rate":0.3,"count":5,"kind":")" + std::string(kind) + "\"}");
  }
  void pay() {
    const char* number = one_of(chance, {"4242424242424242", "4000000000000002", "4000000000003063",
                                         "4000000000005126", "4000000000007726"});
    Fields more = {{"metadata[payment_id]", "pay_" + std::to_string(sent.size())}};
    if (chance.chance(500'000)) more.emplace_back("capture_method", "manual");
    if (chance.chance(200'000)) client.api_key = one_of(chance, {"sk_test_one", "sk_test_two"});
    send("/v1/payment_intents", Client::card_payment(number, more));
  }
  void send(std::string path, Fields fields) {
    sent.push_back({std::move(path), std::move(fields), "k" + std::to_string(sent.size()), client.api_key});
    note(client.post(sent.back().path, sent.back().fields, sent.back().key));
  }
  void replay() {
    const Sent& again = sent[chance.below(sent.size())];
    client.api_key = again.api_key;
    note(client.post(again.path, again.fields, again.key));
  }
  void note(const Seen& seen) {
    if (seen.status == 200 && seen.text({"object"}) == "payment_intent") ids.push_back(seen.id());
  }
};

TEST(StripeBooks, SumsHoldWhateverHappens) {
  ASSERT_TRUE(rc::check([](std::uint64_t seed) {
    Storm storm(seed);
    for (int i = 0; i < 150; ++i)
      storm.step();
    expect_sums_hold(storm.client.model.state().books);
    storm.client.now = storm.client.now + days(8);
    static_cast<void>(storm.client.model.advance(storm.client.now, storm.client.draws));
    expect_sums_hold(storm.client.model.state().books);
    RC_ASSERT(!storm.client.model.next_due().has_value());
  }));
}

TEST(StripeBooks, AReplayNeverChargesTwice) {
  ASSERT_TRUE(rc::check([](std::uint64_t seed) {
    Storm storm(seed);
    for (int i = 0; i < 150; ++i)
      storm.step();
    RC_ASSERT(storm.client.model.state().books.repeated_references().empty());
  }));
}

TEST(StripeBooks, OneSeedIsOneRun) {
  const auto run = [] {
    Storm storm(42);
    for (int i = 0; i < 300; ++i)
      storm.step();
    return storm.client.model.books();
  };
  EXPECT_EQ(run(), run());
}

TEST(StripeBooks, ArePagedOldestFirst) {
  Client client;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(
        client.pay("4242424242424242", {{"metadata[payment_id]", "pay_" + std::to_string(i)}}).id());
  const Seen first = client.control(http::Method::get, "/books?limit=2");
  EXPECT_EQ(first.integer({"intent_count"}), 5);
  EXPECT_EQ(first.text({"next_after"}), ids[1]);
  EXPECT_TRUE(first.body.contains(ids[0]) && !first.body.contains(ids[2]));
  const Seen last = client.control(http::Method::get, "/books?after=" + ids[3]);
  EXPECT_EQ(last.text({"has_more"}), "false");
  EXPECT_EQ(last.text({"charges_by_reference"}),
            R"({"pay_4":{"charge_count":1,"captured_minor":6540,"refunded_minor":0,"held_minor":0}})");
  const Seen one = client.control(http::Method::get, "/books?reference=pay_2");
  EXPECT_TRUE(one.body.contains(ids[2]) && !one.body.contains(ids[1]));
  const Seen summary = client.control(http::Method::get, "/books?summary=true");
  EXPECT_FALSE(summary.body.contains(ids[0]));
  EXPECT_TRUE(summary.body.contains(R"("captured":32700)"));
  for (const char* bad : {"/books?limit=0", "/books?after=x", "/books?color=red"})
    EXPECT_EQ(client.control(http::Method::get, bad).status, 400) << bad;
}

TEST(StripeBooks, CountChargesOfOneReferenceOverAccounts) {
  Client client;
  client.pay("4242424242424242", {{"metadata[order_id]", "pay_1"}});
  client.api_key = "sk_test_two";
  const std::string id = client.pay("4242424242424242", {{"metadata[order_id]", "pay_1"}}).id();
  client.post("/v1/refunds", {{"payment_intent", id}});
  const ReferenceTotals totals = client.model.state().books.totals_of_reference("pay_1");
  EXPECT_EQ(totals.charge_count, 2);
  EXPECT_EQ(totals.captured - totals.refunded, 6540);
}

TEST(StripeBooks, AreEmptyAfterAReset) {
  Client client;
  client.pay("4242424242424242", {}, "k1");
  client.plant(R"({"kind":"down","count":1})");
  client.control(http::Method::post, "/reset");
  EXPECT_EQ(client.model.state().books.size(), 0u);
  EXPECT_EQ(client.pay("4242424242424242", {}, "k1").status, 200);
  EXPECT_EQ(client.model.state().renderer.public_url, "http://bank.test/stripe");
}

// A million of them are to fit in half a gigabyte; the heap of one is what its parts take.
TEST(StripeBooks, AnIntentStaysSmall) {
  EXPECT_LE(sizeof(Intent), 168u);
  EXPECT_LE(sizeof(Charge), 64u);
  EXPECT_LE(sizeof(KeptAnswer), 80u);
}

}  // namespace
}  // namespace payweir::sandbox::stripe
