#pragma once
// What the handlers of the modelled API share: State is everything the model holds, Call is one request
// being executed.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.hpp"
#include "sandbox/alipay/protocol.hpp"
#include "sandbox/callback_desk.hpp"
#include "sandbox/draws.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/orders/due.hpp"
#include "sandbox/orders/order_books.hpp"

namespace payweir::sandbox::alipay {

using orders::Channel;
using orders::Order;
using orders::OrderRefund;
using orders::OrderState;

// A bill that may be fetched for a while.
struct BillLink {
  std::uint32_t account = 0;
  Instant day, expires;
};

struct State {
  orders::OrderBooks books;
  orders::DueQueue due;
  CallbackDesk callbacks;
  Apps apps;
  std::map<std::string, BillLink, std::less<>> bill_links;  // by token
  bool bills_of_today = false;
  std::string public_url;
};

struct Call {
  State& state;
  App& app;
  const Params& params;
  json::Value content;  // biz_content
  Instant now;
  Draws& draws;
  std::optional<FaultKind> lie;  // planted: what the answer is wrong in
  bool charge_twice = false;     // planted
};

// The inner object of an answer.
using Answer = Parsed<std::string>;

// A member as text, be it a string or a number; "" when there is none.
[[nodiscard]] std::string text_of(const Call& call, std::string_view name);
// The order as the answer shows it: as it is, unless a fault lies about it.
[[nodiscard]] Order shown(const Call& call, const Order& order);

}  // namespace payweir::sandbox::alipay
