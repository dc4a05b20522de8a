"""The worked example, told as it happens: a support agent asks, Countersign answers, people decide.

Runs inside `infra/local/stack.py run`, with an interpreter that has the AWS library:

    make demo AUTO=1      plays the approvers too, checks every step and ends
    make demo             serves an inbox on this machine: you are the approvers
"""

import os
import sys
import time

import chapters
import inbox
from story import Story


def by_hand(story: Story) -> None:
    """Asks, and waits for a person at the inbox."""
    large = story.ask("function-refund-480", "Refund 480.00 for order A-1042.")
    story.ask("function-cancel-account", "Close account AC-7.")
    story.ask("function-refund-2500", "Refund 2,500.00.")
    address = inbox.serve()
    print(
        "\nThree requests wait, and the people asked have mail. You are all of them:\n\n"
        f"  {address}\n\n"
        "Open a mail about the refund of 480.00, click its button, type the code from the mail, approve.\n"
        "Press Ctrl-C to stop it all (make calls that error 130). Waiting for the refund ...\n",
        flush=True,
    )
    _print_hints(story)
    seen = "pending"
    while True:
        answer = story.status(large)
        if answer["status"] != seen:
            seen = answer["status"]
            print(f"  agent     is told: {seen}: {answer['message']}", flush=True)
            if answer.get("result"):
                print(f"            refund number {answer['result']['number']}, from the billing system", flush=True)
                story.print_books()
                print("\nThe other requests still wait. Ctrl-C stops everything.", flush=True)
        time.sleep(1)


def _print_hints(story: Story) -> None:
    outputs = story.stack("demo")["outputs"]
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    exports = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": os.environ["AWS_REGION"],
        "AWS_ACCESS_KEY_ID": outputs["OperatorAccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": outputs["OperatorSecretAccessKey"],
        "COUNTERSIGN_STACK": "demo",
        # *.localhost does not resolve outside browsers: the API is also served under this address.
        "COUNTERSIGN_API": f"'{endpoint}/_aws/execute-api/{outputs['ApprovalApiId']}/$default'",
    }
    print("You are the operator too, in another terminal:\n")
    print("".join(f"  export {name}={value}\n" for name, value in exports.items()), end="")
    print(
        "  target/debug/countersign list\n"
        "  target/debug/countersign console\n"
        "  target/debug/countersign export -o csv\n"
        "  target/debug/countersign cancel REFERENCE --reason 'asked by mistake'\n",
        flush=True,
    )


def main() -> int:
    """Tells the story, then ends or waits."""
    story = Story()
    print("A support agent asks for things. Its only way to the billing system is Countersign's door.")
    if os.environ.get("AUTO") != "1":
        chapters.without_people(story)
        try:
            by_hand(story)
        except KeyboardInterrupt:
            print("\nStopping.")
        return 0
    chapters.tell(story)
    if story.wrong:
        print(f"\n{len(story.wrong)} step(s) went otherwise than told.")
        return 1
    print("\nEvery step went as told.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
