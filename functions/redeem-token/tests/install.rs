//! The page that puts Truce on a wrist: it shows the Shortcuts that are built, and where to get them.

use http::Method;
use truce_function::Settings;
use truce_function::settings::SHORTCUTS;
use truce_function::testing::Bench;
use truce_shortcuts::set::{self, Session};
use truce_shortcuts::{Address, Addresses, Where};

async fn page(shortcuts: &str) -> String {
    let settings = Settings { shortcuts: shortcuts.parse().expect("links"), ..Bench::settings() };
    Bench::with(settings, truce_redeem_token::router).call(Method::GET, "/install", "").await.body
}

#[tokio::test]
async fn it_shows_each_that_is_built_as_it_is_built() {
    let page = page("").await;
    let address = Address::new("https://truce.example").expect("an address");
    let all = set::all(&Addresses::one(&address), Session::Kept);
    assert_eq!(all.iter().map(|one| one.name).collect::<Vec<_>>(), SHORTCUTS);
    for one in all {
        let id = one.name.to_lowercase().replace(' ', "-");
        let colour = format!("[data-shortcut=\"{id}\"] .tile {{ background: #{:06x}; }}", one.icon.colour >> 8);
        let mut items = page.split("<li data-shortcut=").filter_map(|item| item.split("</li>").next());
        let item = items.find(|item| item.starts_with(&format!("\"{id}\">"))).expect(one.name);
        for part in
            [&format!("</svg>{}</h3>", one.name), one.about, &format!("#icon-{id}\""), "data:image/webp;base64,"]
        {
            assert!(item.contains(part), "{}: {part}", one.name);
        }
        assert!(page.contains(&colour) && page.contains(&format!("<symbol id=\"icon-{id}\"")), "{colour}");
        assert_eq!(item.contains("On the iPhone"), one.place == Where::Phone, "{}", one.name);
    }
}

#[tokio::test]
async fn a_link_is_a_button_and_one_that_is_missing_is_said() {
    let link = "https://www.icloud.com/shortcuts/0a";
    let some = page(&format!("Truce={link}")).await;
    assert_eq!(some.matches("class=\"button\" href=").count(), 1);
    assert!(some.contains(&format!("href=\"{link}\" rel=\"noreferrer\">Get Truce</a>")));
    assert!(some.contains("id=\"missing\""));
    let all = page(&SHORTCUTS.map(|name| format!("{name}={link}")).join(",")).await;
    assert_eq!(all.matches("class=\"button\" href=").count(), SHORTCUTS.len());
    assert!(!all.contains("id=\"missing\"") && !all.contains("<!--"), "a mark was left");
}
