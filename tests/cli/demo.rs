//! The demo: made once, sound, and something to look at for everybody it names.

use crate::support::{Server, demo_data, on};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_is_made_once_and_everybody_it_names_can_sign_in() {
    let (_folder, data) = demo_data();
    on(&data, &["check"]).expect(0);
    let mut server = Server::start("demo", &data);
    assert!(server.said[0].contains("found in"), "{:?}", server.said);
    assert!(server.said.iter().any(|line| line.contains("concord-demo")));
    let people = [
        "m.haddad",
        "a.karimi",
        "b.levin",
        "c.orlova",
        "t.wieczorek",
        "n.eze",
    ];
    for person in people {
        assert!(
            server.said.iter().any(|line| line.contains(person)),
            "{person}"
        );
    }
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let answer = http
        .post(format!("{}/sign-in", server.base))
        .header("origin", &server.base)
        .form(&[
            ("email", "c.orlova@example.org"),
            ("password", "concord-demo"),
        ])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    let cookie = answer.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    for page in ["", "/review", "/themes", "/downloads"] {
        let answer = http
            .get(format!("{}/projects/1{page}", server.base))
            .header("cookie", &cookie)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{page}");
    }
    let mut projects = on(&data, &["project", "list"]).expect(0).out;
    projects.truncate(projects.trim_end().len());
    assert_eq!(projects, "1\tRussia between Iran and Israel");
    assert_eq!(server.stop(), 0);
}
