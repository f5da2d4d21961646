// `payweir demo`: a switch, a sandbox gateway and a story, in one process and a folder that goes away.
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include "app/commands.hpp"
#include "app/demo_merchant.hpp"
#include "app/json_log.hpp"
#include "app/node.hpp"
#include "app/process.hpp"
#include "app/sandbox_host.hpp"
#include "base/json_reader.hpp"

namespace payweir::app {
namespace {

// One request, as the story tells it.
struct Scene {
  http::Method method = http::Method::post;
  std::string path;
  std::string body;
  std::string idempotency_key;
};

class Story {
 public:
  Story(flows::Context& context, std::string switch_url, std::string sandbox_url,
        const DemoMerchant& merchant, Duration pause)
      : context_(context),
        switch_url_(std::move(switch_url)),
        sandbox_url_(std::move(sandbox_url)),
        merchant_(merchant),
        pause_(pause) {}

  Task<void> tell() {
    co_await take_a_payment();
    co_await decline();
    co_await capture_and_refund();
    co_await ask_the_payer();
    co_await lose_an_answer();
    std::puts("\nThat is Payweir. `make run` starts one for you to talk to; README.md goes on from there.");
  }

 private:
  static std::string card_payment(std::string_view number, std::string_view more) {
    return R"({"amount":6540,"currency":"USD","confirm":true,)" + std::string(more) +
           R"("payment_method":"card","payment_method_data":{"card":{"card_number":")" + std::string(number) +
           R"(","card_exp_month":"10","card_exp_year":"2030","card_holder_name":"Ada Lovelace","card_cvc":"123"}}})";
  }

  Task<void> say(std::string text) {
    std::printf("\n%s\n", text.c_str());
    std::fflush(stdout);
    co_await context_.clock.sleep(pause_);
  }

  // Sends it, shows what matters of the answer, and gives the whole of it.
  Task<json::Document> play(Scene scene) {
    http::Request request;
    request.method = scene.method;
    request.origin = switch_url_;
    request.target = scene.path;
    request.headers.set("api-key", merchant_.api_key.reveal());
    request.headers.set("content-type", "application/json");
    if (!scene.idempotency_key.empty()) request.headers.set("idempotency-key", scene.idempotency_key);
    request.body = std::move(scene.body);
    Result<http::Response> response = co_await context_.http.send(std::move(request), CallOptions{});
    std::printf("    %s %s\n", std::string(http::to_string(scene.method)).c_str(), scene.path.c_str());
    if (!response) {
      std::printf("    → no answer: %s\n", response.error().detail.c_str());
      co_return json::Document{};
    }
    Result<json::Document> document = json::parse(response->body);
    if (!document) co_return json::Document{};
    const json::Value root = document->root();
    std::printf("    → %d", response->status);
    for (const std::string_view field :
         {"payment_id", "refund_id", "status", "amount", "amount_received", "error_code", "error_message"})
      if (const json::Value value = root.find(field); !value.empty())
        std::printf("  %s=%s", std::string(field).c_str(),
                    value.is(json::Kind::string) ? std::string(value.text()).c_str() : value.dump().c_str());
    std::puts("");
    std::fflush(stdout);
    co_await context_.clock.sleep(pause_);
    co_return std::move(*document);
  }

  // To the sandbox: its bank page, or its fault controls.
  Task<void> tell_sandbox(http::Method method, std::string url_or_path, std::string type, std::string body) {
    http::Request request;
    request.method = method;
    request.origin = sandbox_url_;
    request.target =
        url_or_path.starts_with(sandbox_url_) ? url_or_path.substr(sandbox_url_.size()) : url_or_path;
    request.headers.set("content-type", type);
    request.body = std::move(body);
    Result<http::Response> response = co_await context_.http.send(std::move(request), CallOptions{});
    if (!response || response->status >= 400)
      std::printf("    (the sandbox answered %d)\n", response ? response->status : 0);
  }

  Task<void> take_a_payment() {
    co_await say("A shop takes 65.40 USD by card. One request; the answer is final.");
    Scene scene{http::Method::post, "/payments", card_payment("4242424242424242", ""), "order-1"};
    Scene again = scene;
    co_await play(std::move(scene));
    co_await say(
        "The shop's connection broke and it sends the same request again, with the same Idempotency-Key.\n"
        "Nothing is charged; the first answer comes back, byte for byte.");
    co_await play(std::move(again));
  }

  Task<void> decline() {
    co_await say("A card without funds. A decline is an answer, not an error.");
    Scene scene{http::Method::post, "/payments", card_payment("4000000000009995", ""), "order-2"};
    co_await play(std::move(scene));
  }

  Task<void> capture_and_refund() {
    co_await say("The shop reserves the money now and takes part of it when it ships.");
    Scene reserve{http::Method::post, "/payments",
                  card_payment("4242424242424242", R"("capture_method":"manual",)"), "order-3"};
    json::Document reserved = co_await play(std::move(reserve));
    const std::string id(reserved.root().find("payment_id").text());
    Scene capture{http::Method::post, "/payments/" + id + "/capture", R"({"amount_to_capture":6000})",
                  "ship-3"};
    co_await play(std::move(capture));
    co_await say("One piece comes back: 10.00 are refunded. A refund of more than is left is refused.");
    Scene refund{http::Method::post, "/refunds", R"({"payment_id":")" + id + R"(","amount":1000})",
                 "return-3"};
    co_await play(std::move(refund));
    Scene too_much{http::Method::post, "/refunds", R"({"payment_id":")" + id + R"(","amount":6000})",
                   "return-3b"};
    json::Document refused = co_await play(std::move(too_much));
    std::printf("      %s\n", std::string(refused.root().find("error").find("message").text()).c_str());
  }

  Task<void> ask_the_payer() {
    co_await say("The bank wants to see the payer (3-D Secure). The answer says where to send the browser.");
    Scene scene{http::Method::post, "/payments",
                card_payment("4000000000003063",
                             R"("authentication_type":"three_ds","return_url":"https://shop.example/done",)"),
                "order-4"};
    json::Document asked = co_await play(std::move(scene));
    const std::string id(asked.root().find("payment_id").text());
    co_await say(
        "The payer approves on the bank's page; the gateway calls back, and the payment is through.");
    co_await approve(id);
    co_await wait_until_settled(id);
  }

  Task<void> approve(std::string payment_id) {
    http::Request request;
    request.method = http::Method::get;
    request.origin = sandbox_url_;
    request.target = "/control/stripe/books?limit=1000";
    Result<http::Response> books = co_await context_.http.send(std::move(request), CallOptions{});
    if (!books) co_return;
    const Result<json::Document> document = json::parse(books->body, {32, 100'000});
    if (!document) co_return;
    const std::string intent = find_intent(document->root(), payment_id);
    co_await tell_sandbox(http::Method::post, "/stripe/3ds/" + intent, "application/x-www-form-urlencoded",
                          "decision=approve");
  }

  // The gateway's id of the payment, in its own books.
  static std::string find_intent(const json::Value& value, const std::string& payment_id) {
    if (value.is(json::Kind::object) && value.find("metadata").find("order_id").text() == payment_id)
      return std::string(value.find("id").text());
    for (json::Value child = value.first(); child.present(); child = child.next())
      if (std::string found = find_intent(child, payment_id); !found.empty()) return found;
    return {};
  }

  Task<void> lose_an_answer() {
    co_await say(
        "The worst case: the gateway charges the card, and its answer is lost on the way. Payweir says\n"
        "`processing`, because that is the truth; it asks until it knows, and never charges again.");
    co_await tell_sandbox(http::Method::post, "/control/stripe/faults", "application/json",
                          R"({"kind":"error_500_after","operation":"authorize","count":1})");
    Scene scene{http::Method::post, "/payments", card_payment("4242424242424242", ""), "order-5"};
    json::Document lost = co_await play(std::move(scene));
    co_await wait_until_settled(std::string(lost.root().find("payment_id").text()));
  }

  Task<void> wait_until_settled(std::string payment_id) {
    for (int i = 0; i < 100; ++i) {
      http::Request request;
      request.origin = switch_url_;
      request.target = "/payments/" + payment_id;
      request.headers.set("api-key", merchant_.api_key.reveal());
      Result<http::Response> response = co_await context_.http.send(std::move(request), CallOptions{});
      const Result<json::Document> document = response ? json::parse(response->body) : fail(response.error());
      const std::string status = document ? std::string(document->root().find("status").text()) : "";
      if (status != "processing" && status != "requires_customer_action") break;
      co_await context_.clock.sleep(milliseconds(100));
    }
    Scene scene{http::Method::get, "/payments/" + payment_id, "", ""};
    co_await play(std::move(scene));
  }

  flows::Context& context_;
  std::string switch_url_, sandbox_url_;
  const DemoMerchant& merchant_;
  Duration pause_;
};

int run_story(const DemoOptions& options, const std::string& folder) {
  Result<std::unique_ptr<SandboxHost>> sandbox = SandboxHost::start("127.0.0.1:0");
  if (!sandbox) {
    tell_error(sandbox.error());
    return 1;
  }
  Config config;
  config.listen = "127.0.0.1:0";
  config.data_dir = folder;
  config.sandbox = true;
  use_sandbox(config, (*sandbox)->url());
  JsonLog log("error");
  Result<std::unique_ptr<Node>> node = Node::start(config, log, NodeMode::serving);
  Result<DemoMerchant> merchant = node ? ensure_demo_merchant(**node, config) : fail(node.error());
  if (!merchant) {
    tell_error(merchant.error());
    return 1;
  }
  std::optional<Story> story;
  (*node)->run([&](flows::Context& context) {
    story.emplace(context, "http://127.0.0.1:" + std::to_string((*node)->port()), (*sandbox)->url(),
                  *merchant, options.fast ? milliseconds(0) : milliseconds(1200));
    return story->tell();
  });
  (*node)->drain();
  return 0;
}

}  // namespace

int run_demo(const DemoOptions& options) {
  prepare_process();
  char folder[] = "/tmp/payweir-demo-XXXXXX";
  if (!::mkdtemp(folder)) {
    std::fputs("payweir: no temporary folder could be made\n", stderr);
    return 1;
  }
  const int result = run_story(options, folder);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return result;
}

}  // namespace payweir::app
