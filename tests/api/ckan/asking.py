"""Asking the Action API as its clients do."""

import json


def ask(client, action, sent=None, token=None, **query):
    """Call an action by address, or with ``sent`` as JSON."""
    headers = {"Authorization": token, "X-CKAN-API-Key": token} if token else {}
    path = f"/api/3/action/{action}"
    if sent is None:
        return client.get(path, query, headers=headers)
    return client.post(path, json.dumps(sent), content_type="application/json", headers=headers)


def result(client, action, sent=None, token=None, **query):
    """Return what an action answers, which it does."""
    response = ask(client, action, sent, token, **query)
    assert response.status_code == 200, response.content.decode()
    answer = response.json()
    assert answer["success"] is True
    assert answer["help"].endswith(f"/api/3/action/help_show?name={action}")
    return answer["result"]


def refused(client, action, status, sent=None, token=None, **query):
    """Return the error that an action answers, with its status."""
    response = ask(client, action, sent, token, **query)
    assert response.status_code == status, response.content.decode()
    answer = response.json()
    assert answer["success"] is False
    return answer["error"]
