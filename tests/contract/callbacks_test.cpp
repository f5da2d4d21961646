// Callbacks: believed when the gateway signed these very bytes, lately; anything else has no effect.
#include "bench.hpp"

namespace payweir::contract {
namespace {

class ContractCallbacks : public EveryConnector {
 protected:
  // The callbacks of payments by every method, and of their refunds. Each test has benches of its own.
  void for_each_callback(const std::function<void(Bench&, const http::Request&)>& check) const {
    for_each_scenario([&check](Bench& bench, const Scenario& scenario) {
      const ConnectorRequest request = bench.prepare(scenario);
      bench.pay(request, bench.play(request).outcome());
      bench.house.wait(seconds(20));
      const bool moves = scenario.kind != OperationKind::void_authorisation && !is_barcode(scenario.method);
      EXPECT_TRUE(!moves || !bench.house.callbacks.empty()) << "the gateway tells nothing";
      for (const http::Request& callback : bench.house.callbacks)
        check(bench, callback);
    });
  }
  static Result<GatewayEvent> read(const Bench& bench, const http::Request& callback) {
    return bench.connector.read_webhook(callback.headers, callback.body, bench.context());
  }
};
INSTANTIATE_TEST_SUITE_P(Every, ContractCallbacks, testing::ValuesIn(all_connectors()), name_of);

void expect_refused(const Result<GatewayEvent>& event, std::string_view what) {
  ASSERT_FALSE(event) << what;
  const bool is_of_callbacks = event.error().code >= Code::webhook_signature_mismatch &&
                               event.error().code < Code::statement_malformed;
  EXPECT_TRUE(is_of_callbacks) << what << ": " << code_name(event.error().code);
}

TEST_P(ContractCallbacks, TellWhatTheyAreAbout) {
  for_each_callback([](Bench& bench, const http::Request& callback) {
    const Result<GatewayEvent> event = read(bench, callback);
    ASSERT_TRUE(event) << event.error().detail << "\n" << callback.body;
    EXPECT_FALSE(event->event_id.empty());
    EXPECT_FALSE(event->event_type.empty());
    EXPECT_FALSE(event->operation_reference.empty() && event->connector_payment_id.empty()) << callback.body;
  });
}

TEST_P(ContractCallbacks, B06_ABadSignatureHasNoEffect) {
  for_each_callback([](Bench& bench, const http::Request& callback) {
    for (std::size_t at = 0; at < callback.body.size(); at += 41) {
      http::Request bent = callback;
      bent.body[at] = static_cast<char>(bent.body[at] ^ 1);
      expect_refused(read(bench, bent), "one bit of the body is another");
    }
    http::Request bare = callback;
    bare.headers = {};
    if (bench.fixture.dates_callbacks()) expect_refused(read(bench, bare), "no headers");
    http::Request empty = callback;
    empty.body.clear();
    expect_refused(read(bench, empty), "no body");
    http::Request longer = callback;
    longer.body += '&';
    longer.body += "x=1";
    expect_refused(read(bench, longer), "more behind the body");
  });
}

TEST_P(ContractCallbacks, B06_OneByAnotherHasNoEffect) {
  Bench bench(*GetParam());
  bench.fixture.be_an_impostor(bench.house, bench.credentials);
  const ConnectorRequest request =
      bench.prepare({.method = GetParam()->capabilities().payment_methods.front()});
  static_cast<void>(bench.play(request));
  bench.fixture.pay(bench.house, request, {});
  ASSERT_FALSE(bench.house.callbacks.empty());
  for (const http::Request& callback : bench.house.callbacks)
    expect_refused(read(bench, callback), "signed by another");
}

TEST_P(ContractCallbacks, B06_AProbeOfTheGatewayIsRefused) {
  Bench bench(*GetParam());
  const ConnectorRequest request =
      bench.prepare({.method = GetParam()->capabilities().payment_methods.front()});
  const Play play = bench.play(request);
  if (!bench.fixture.probe(bench.house)) return;
  bench.pay(request, play.outcome());
  ASSERT_FALSE(bench.house.callbacks.empty());
  for (const http::Request& callback : bench.house.callbacks)
    expect_refused(read(bench, callback), "a probe");
}

// Where a callback carries no time, a repetition is told by its id: the inbox keeps each once.
TEST_P(ContractCallbacks, B07_OneOfLongAgoIsRefusedOrKnownAgain) {
  for_each_callback([](Bench& bench, const http::Request& callback) {
    const Result<GatewayEvent> first = read(bench, callback);
    ASSERT_TRUE(first);
    const Instant now = bench.house.now;
    bench.house.now = now + minutes(6);
    const Result<GatewayEvent> replayed = read(bench, callback);
    bench.house.now = now - hours(48);
    const Result<GatewayEvent> early = read(bench, callback);
    bench.house.now = now;
    if (!bench.fixture.dates_callbacks()) {
      ASSERT_TRUE(replayed);
      EXPECT_EQ(replayed->event_id, first->event_id);
      return;
    }
    ASSERT_FALSE(replayed);
    EXPECT_EQ(replayed.error().code, Code::webhook_timestamp_out_of_tolerance);
    ASSERT_FALSE(early) << "signed in the future";
    EXPECT_EQ(early.error().code, Code::webhook_timestamp_out_of_tolerance);
  });
}

TEST_P(ContractCallbacks, B08_AClockThatIsOffWithinTheWindowCostsNoCallback) {
  for_each_callback([](Bench& bench, const http::Request& callback) {
    const Instant now = bench.house.now;
    for (const Duration skew : {seconds(60), Duration{} - seconds(60), seconds(240)}) {
      bench.house.now = now + skew;
      EXPECT_TRUE(read(bench, callback)) << skew.ms << " ms";
    }
    // The window is the account's to set: 30 s are not the 300 s of above.
    bench.house.now = now + seconds(60);
    ConnectorContext narrow = bench.context();
    narrow.callback_tolerance = seconds(30);
    EXPECT_EQ(!bench.connector.read_webhook(callback.headers, callback.body, narrow),
              bench.fixture.dates_callbacks());
    bench.house.now = now;
  });
}

// The same for whoever parses it, and other bytes.
std::string written_anew(std::string body) {
  if (body.starts_with('{')) return body.insert(1, " ");
  const std::size_t plus = body.find("%2B");
  return plus == std::string::npos ? body + "&again=" : body.replace(plus, 3, "+");
}

TEST_P(ContractCallbacks, B13_TheBytesThatCameAreWhatIsVerified) {
  for_each_callback([](Bench& bench, const http::Request& callback) {
    http::Request anew = callback;
    anew.body = written_anew(callback.body);
    expect_refused(read(bench, anew), "written anew");
  });
}

}  // namespace
}  // namespace payweir::contract
