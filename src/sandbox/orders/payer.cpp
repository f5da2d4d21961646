#include "sandbox/orders/payer.hpp"

#include "sandbox/page.hpp"

namespace payweir::sandbox::orders {

Result<Decision> parse_decision(std::string_view text) {
  if (text == "open") return Decision::open;
  if (text == "approve") return Decision::approve;
  if (text == "decline") return Decision::decline;
  return fail(Code::invalid_value, "decision", "approve, decline or open");
}

http::Response render_payer_page(const Order& order, const PayerPageWords& words) {
  std::string content = "<h1>确认付款？ Approve this payment?</h1>\n<p class=\"amount\">¥";
  content += format_yuan(order.amount) + "</p>\n";
  if (!words.note.empty()) content += "<p role=\"alert\">" + escape_html(words.note) + "</p>\n";
  content += "<dl>";
  append_row(content, "商品 For", order.subject);
  append_row(content, "商户 Merchant", words.merchant);
  append_row(content, "订单号 Order", order.out_trade_no);
  content += R"(</dl>
<form method="post"><button class="go" name="decision" value="approve">付款 Approve</button>
<button name="decision" value="decline">取消 Decline</button></form>
<p class="note">这是测试，不会扣款。 This is a test. No money moves.</p>)";
  return render_page(200, words.house, content);
}

http::Response render_order_notice(const Order& order, std::string_view house, int status) {
  const std::string_view text = [&]() -> std::string_view {
    switch (order.state) {
      case OrderState::paid: return "已付款。 The payment is made. You can close this window.";
      case OrderState::closed:
      case OrderState::revoked: return "订单已关闭。 The order is closed.";
      case OrderState::failed: return "付款失败。 The payment failed.";
      case OrderState::offered:
      case OrderState::waiting:
      case OrderState::paying: return "未付款，可以重新打开。 Not paid; you can open it again.";
    }
    return {};
  }();
  return render_notice(status, house, "订单 Order " + order.out_trade_no, text);
}

std::string format_yuan(std::int64_t fen) {
  const std::int64_t size = fen < 0 ? -fen : fen;
  const std::string cents = std::to_string(100 + size % 100).substr(1);
  return (fen < 0 ? "-" : "") + std::to_string(size / 100) + "." + cents;
}

}  // namespace payweir::sandbox::orders
