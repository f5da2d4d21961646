#pragma once
// What the handlers of the modelled API share: State is everything the model holds, Call is one request
// being executed, Answer what a handler makes of it.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "sandbox/callback_desk.hpp"
#include "sandbox/draws.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/orders/due.hpp"
#include "sandbox/orders/order_books.hpp"
#include "sandbox/wechatpay/protocol.hpp"

namespace payweir::sandbox::wechatpay {

using orders::Channel;
using orders::Order;
using orders::OrderRefund;
using orders::OrderState;
using orders::RefundState;

// A bill that may be fetched for a while.
struct BillLink {
  std::string content;
  bool is_packed = false;
  Instant expires;
};

// What an official account may exchange once for the openid of whoever came with it.
struct LoginCode {
  std::string appid, openid;
  Instant expires;
  bool is_used = false;
};

struct State {
  orders::OrderBooks books;
  orders::DueQueue due;
  CallbackDesk callbacks;
  Merchants merchants;
  std::map<std::string, BillLink, std::less<>> bill_links;    // by token
  std::map<std::string, LoginCode, std::less<>> login_codes;  // by code
  bool bills_of_today = false;
  std::int64_t probes_per_million = 0;  // of answers and callbacks: with a signature that must be refused
  std::string public_url;
};

struct Call {
  State& state;
  Merchant& merchant;
  std::string_view id;     // into the path
  std::string_view query;  // of the target
  json::Value content;     // the body
  Instant now;
  Draws& draws;
  std::optional<FaultKind> lie;  // planted: what the answer is wrong in
  bool charge_twice = false;     // planted
};

struct Answer {
  int status = 200;
  std::string body;
  std::string content_type = "application/json; charset=utf-8";
  bool is_signed = true;  // files are not
};
using Reply = Parsed<Answer>;

// The order as the answer shows it: as it is, unless a fault lies about it.
[[nodiscard]] Order shown(const Call& call, const Order& order);
[[nodiscard]] std::string_view shown_currency(const Call& call);

}  // namespace payweir::sandbox::wechatpay
