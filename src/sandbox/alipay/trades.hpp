#pragma once
// The handlers of alipay.trade.*: orders, their payment and their end.
// https://opendocs.alipay.com/open/8ad49e4a_alipay.trade.precreate and its neighbours, read 2026-11-22.
#include "sandbox/alipay/call.hpp"

namespace payweir::sandbox::alipay {

// QR: the trade does not exist until its code is scanned.
[[nodiscard]] Answer precreate_trade(Call& call);
// JSAPI: exists at once.
[[nodiscard]] Answer create_trade(Call& call);
// Barcode: paid at once, or 10003 and later; see auth_codes.hpp.
[[nodiscard]] Answer pay_trade(Call& call);
[[nodiscard]] Answer query_trade(Call& call);
// Closes what is unpaid, pays back what is paid, and holds against a number that was never ordered.
[[nodiscard]] Answer cancel_trade(Call& call);
[[nodiscard]] Answer close_trade(Call& call);

// What a page or an app is opened with: an order for the payer's decision, made or found again.
[[nodiscard]] Parsed<Order*> open_trade(Call& call, Channel channel);
// Where its code leads; what Alipay would write as https://qr.alipay.com/….
[[nodiscard]] std::string code_url(const State& state, const Order& order);

// By out_trade_no or trade_no of the content. Errors: ACQ.INVALID_PARAMETER, ACQ.TRADE_NOT_EXIST.
[[nodiscard]] Parsed<Order*> find_trade(Call& call);

}  // namespace payweir::sandbox::alipay
